# shellcheck shell=sh disable=SC2034  # "cli" is used by those who source this.
# Which engine does the work; sourced after lib.sh. choose_engine sets `engine` (docker, podman, local) and `cli`, its command.

# Does the engine behind this command answer? Bounded: a hung daemon must not hang us.
answers() {
    command -v "$1" >/dev/null && timeout 20 "$@" version --format '{{.Server.Version}}' >/dev/null 2>&1
}

choose_engine() {
    one_of ENGINE "${ENGINE:=auto}" auto docker podman local
    docker=${DOCKER:-docker}
    case $ENGINE in
        auto)
            if answers "$docker"; then
                engine=docker cli=$docker
            elif podman_answers; then
                engine=podman cli=podman
            else
                engine=local cli=
                say "No container engine answers: running without a container (ENGINE=local). 'make doctor' says why."
            fi
            ;;
        docker)
            answers "$docker" || die "$(docker_trouble)"
            engine=docker cli=$docker
            ;;
        podman)
            podman_answers || die "$(podman_trouble)"
            engine=podman cli=podman
            ;;
        local) engine=local cli= ;;
    esac
    # What these scripts call need not choose again.
    ENGINE=$engine
    export ENGINE
}

podman_answers() {
    command -v podman >/dev/null && timeout 20 podman info >/dev/null 2>&1
}

# Why Docker does not answer, and the remedy, in one line.
docker_trouble() {
    if ! command -v "$docker" >/dev/null; then
        echo "there is no $docker command here; install Docker (sudo apt-get install -y docker.io), or use ENGINE=local"
        return
    fi
    case $(timeout 20 "$docker" version 2>&1 >/dev/null) in
        *"permission denied"*) echo "Docker refuses this user; run: sudo usermod -aG docker $(id -un), then log in again; or use ENGINE=local" ;;
        *) echo "Docker's engine does not answer; start it (sudo systemctl start docker), or use ENGINE=local" ;;
    esac
}

podman_trouble() {
    if command -v podman >/dev/null; then
        echo "Podman does not work here: $(podman info 2>&1 | tail -n 1); use ENGINE=docker or ENGINE=local"
    else
        echo "there is no podman here; install it (sudo apt-get install -y podman), or use ENGINE=docker or ENGINE=local"
    fi
}

# Podman asks for higher limits than a confined machine may grant (a container, a CI runner): there, what is granted.
podman_limits() {
    # shellcheck disable=SC3045  # POSIX has no -H; dash, bash and busybox do
    granted=$(ulimit -Hn)
    [ "$granted" = unlimited ] || [ "$granted" -ge 1048576 ] || echo "--ulimit nofile=4096:4096 --ulimit nproc=4096:4096"
}

# need_engine WHAT: for what exists in containers only.
need_engine() {
    choose_engine
    [ "$engine" != local ] || die "$1 needs a container engine, and none answers or ENGINE=local was asked for; 'make doctor' says what is missing"
}

# Where the engine keeps images, and what is free there, in MB; empty where it can't be seen (an engine elsewhere).
data_root() {
    case $engine in
        docker) timeout 20 "$cli" info --format '{{.DockerRootDir}}' ;;
        podman) podman info --format '{{.Store.GraphRoot}}' ;;
        *) pwd ;;
    esac
}

free_space() {
    df -Pm "$(data_root)" 2>/dev/null | awk 'NR == 2 { print $4 }'
}
