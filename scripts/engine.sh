# shellcheck shell=sh disable=SC2034  # The scripts that source this file use "cli".
# Functions for the container engine; source this file after lib.sh.
# choose_engine sets `engine` (docker, podman or local) and `cli`, the engine's command.

# Returns 0 if the engine behind this command answers within 20 s: the daemon may hang.
answers() {
    command -v "$1" >/dev/null && bounded 20 "$@" version --format '{{.Server.Version}}' >/dev/null 2>&1
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
                say "No container engine answers; running without a container (ENGINE=local). 'make doctor' says why."
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
    # Scripts that this one calls use the same engine, without probing again.
    ENGINE=$engine
    export ENGINE
}

podman_answers() {
    command -v podman >/dev/null && bounded 20 podman info >/dev/null 2>&1
}

# Prints why Docker does not answer and what to do, in one line.
docker_trouble() {
    if ! command -v "$docker" >/dev/null; then
        echo "there is no $docker command; install Docker (on Debian or Ubuntu: sudo apt-get install -y docker.io), or use ENGINE=local"
        return
    fi
    case $(bounded 20 "$docker" version 2>&1 >/dev/null) in
        *"permission denied"*) echo "Docker denies access to this user; run: sudo usermod -aG docker $(id -un), then log in again; or use ENGINE=local" ;;
        *) echo "the Docker daemon does not answer; start it (sudo systemctl start docker, or Docker Desktop), or use ENGINE=local" ;;
    esac
}

podman_trouble() {
    if command -v podman >/dev/null; then
        echo "Podman does not work: $(bounded 20 podman info 2>&1 | tail -n 1); use ENGINE=docker or ENGINE=local"
    else
        echo "there is no podman command; install it (on Debian or Ubuntu: sudo apt-get install -y podman), or use ENGINE=docker or ENGINE=local"
    fi
}

# Prints options that lower Podman's default limits to those granted here, for a confined machine such as a CI runner.
podman_limits() {
    # shellcheck disable=SC3045  # POSIX has no -H; dash, bash and busybox do
    granted=$(ulimit -Hn)
    [ "$granted" = unlimited ] || [ "$granted" -ge 1048576 ] || echo "--ulimit nofile=4096:4096 --ulimit nproc=4096:4096"
}

# engine_reason FILE: prints in one line why the engine failed, from its output: without ids, warnings and hints to --help.
engine_reason() {
    sed -e '/^[0-9a-f]\{64\}$/d' -e '/^WARNING/d' -e '/^See .*--help/d' -e '/^Run .*--help/d' \
        -e 's/^docker: //' -e 's/^Error response from daemon: //' -e 's/^Error: //' "$1" \
        | awk 'NF { printf "%s%s", separator, $0; separator = " " }'
}

# Sets `builder`, the name of the builder that "$cli build" uses. DOCKER_BUILDKIT=0 asks for the legacy builder; Docker
# before version 23 has BuildKit too, but uses it only if DOCKER_BUILDKIT is set.
choose_builder() {
    version=$("$cli" version --format '{{.Client.Version}}')
    if [ "$engine" = podman ]; then
        builder="Buildah (Podman's builder)"
    elif [ "${DOCKER_BUILDKIT:-1}" = 0 ]; then
        builder="the legacy builder"
    elif [ "${version%%.*}" -lt 23 ]; then
        export DOCKER_BUILDKIT=1
        builder=BuildKit
    elif [ "${DOCKER_BUILDKIT:-}" = 1 ] || bounded 20 "$cli" buildx version >/dev/null 2>&1; then
        builder=BuildKit
    else
        builder="the legacy builder"
    fi
}

# need_engine WHAT: exits with an error where there is no container engine.
need_engine() {
    choose_engine
    [ "$engine" != local ] || die "$1 needs a container engine, and none is available; run 'make doctor', and leave out ENGINE=local"
}

# is_ours CONTAINER: returns 0 if make started this container for this project: a label is then its own name.
# The project's label does not prove that, since containers inherit it from the image, and an image from a commit both.
is_ours() {
    owner=$("$cli" container inspect --format \
        '{{index .Config.Labels "org.microblog.project"}} {{index .Config.Labels "org.microblog.instance"}}' "$1" 2>/dev/null)
    [ "$owner" = "${IMAGE:-microblog} $1" ]
}

# remove_unnamed ID: removes an image that make built, if a newer build has taken its name and nothing uses it.
remove_unnamed() {
    [ "$("$cli" image inspect --format '{{len .RepoTags}}' "$1" 2>/dev/null)" != 0 ] || "$cli" rmi "$1" >/dev/null 2>&1 || :
}

# Prints the directory where the engine keeps its images.
data_root() {
    case $engine in
        docker) bounded 20 "$cli" info --format '{{.DockerRootDir}}' ;;
        podman) podman info --format '{{.Store.GraphRoot}}' ;;
        *) pwd ;;
    esac
}

# Prints the free space there in MB; nothing where it can't be read (an engine on another machine).
free_space() {
    df -Pk "$(data_root)" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }'
}
