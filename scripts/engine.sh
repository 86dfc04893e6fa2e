# shellcheck shell=sh disable=SC2034  # The scripts that source this file use "cli".
# Functions for the container engine; source this file after lib.sh.
# choose_engine sets `engine` (docker, podman or local) and `cli`, the engine's command.

# Returns 0 if Docker answers by this command within 20 s, since the daemon may hang; sets client_version, or docker_hangs.
# Podman under the name of docker does not: its version has no such fields.
answers() {
    command -v "$1" >/dev/null || return 1
    client_version=$(announced "Waiting up to 20 s for Docker to answer" \
        ask "$1" version --format '{{.Client.Version}} {{.Server.MinAPIVersion}}') || {
        [ $? -lt 128 ] || docker_hangs=yes
        return 1
    }
    client_version=${client_version%% *}
}

# ask COMMAND…: runs a command of an engine for up to 20 s, without its standard error.
ask() {
    bounded 20 "$@" 2>/dev/null
}

choose_engine() {
    one_of ENGINE "${ENGINE:=auto}" auto docker podman local
    docker=${DOCKER:-docker}
    if [ -n "${chosen_cli:-}" ]; then
        engine=$ENGINE cli=$chosen_cli
        return
    fi
    case $ENGINE in
        auto)
            if answers "$docker"; then
                engine=docker cli=$docker
            elif is_podman "$docker" && podman_answers "$docker"; then
                engine=podman cli=$docker
            elif podman_answers podman; then
                engine=podman cli=podman
                ! command -v "$docker" >/dev/null || say "Using Podman, which does not see Docker's containers and data: $(docker_trouble)"
            else
                engine=local cli=
                say "No container engine answers; running without a container (ENGINE=local). 'make doctor' says why."
                ! command -v "$docker" >/dev/null || say "$(docker_trouble)"
            fi
            ;;
        docker)
            if answers "$docker"; then
                engine=docker cli=$docker
            elif is_podman "$docker" && podman_answers "$docker"; then
                engine=podman cli=$docker
                say "The command $docker is Podman"
            else
                die "$(docker_trouble)"
            fi
            ;;
        podman)
            engine=podman
            if podman_answers podman; then
                cli=podman
            elif is_podman "$docker" && podman_answers "$docker"; then
                cli=$docker
            else
                die "$(podman_trouble)"
            fi
            ;;
        local) engine=local cli= ;;
    esac
    # Scripts that this one calls use the same engine, without probing again.
    ENGINE=$engine chosen_cli=$cli
    export ENGINE chosen_cli client_version
}

# podman_answers COMMAND: returns 0 if Podman works by this name.
podman_answers() {
    command -v "$1" >/dev/null && announced "Waiting up to 20 s for Podman to answer" ask "$1" info >/dev/null
}

# is_podman COMMAND: returns 0 if the command is Podman, as Fedora's docker is.
is_podman() {
    case $(bounded 20 "$1" --version 2>/dev/null) in [Pp]odman*) return 0 ;; esac
    return 1
}

# Prints why Docker does not answer and what to do, in one line.
docker_trouble() {
    if ! command -v "$docker" >/dev/null; then
        echo "there is no $docker command; install Docker (on Debian or Ubuntu: sudo apt-get install -y docker.io), or use ENGINE=local"
        return
    fi
    if [ -n "${docker_hangs:-}" ]; then
        echo "the Docker daemon did not answer within 20 s; restart it (sudo systemctl restart docker, or Docker Desktop), or use ENGINE=local"
        return
    fi
    answer=$(bounded 20 "$docker" version 2>&1 >/dev/null) || :
    case $answer in
        *"permission denied"*) echo "Docker denies access to this user; run: sudo usermod -aG docker $(id -un), then log in again; or use ENGINE=local" ;;
        *"client version "*" is too "*)
            # DOCKER_API_VERSION sets the client's version.
            echo "the Docker engine refuses this client: $(printf '%s\n' "$answer" | sed -n 's/.*\(client version .*\)/\1/p' | sed 1q); ${DOCKER_API_VERSION:+unset DOCKER_API_VERSION, }install a docker command as new as the engine, or use ENGINE=local" ;;
        *"context not found"*) echo "the Docker context ${DOCKER_CONTEXT:-in use} does not exist; unset DOCKER_CONTEXT, run: docker context use default, or use ENGINE=local" ;;
        *"no such host"* | *"Could not resolve"* | *"unable to parse docker host"* | *"invalid bind address"*)
            echo "the Docker engine is on a machine that can't be found${DOCKER_HOST:+ (DOCKER_HOST=$DOCKER_HOST)}; correct or unset DOCKER_HOST, run: docker context use default, or use ENGINE=local" ;;
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
    [ "$engine" = podman ] || return 0
    # shellcheck disable=SC3045  # POSIX has no -H; dash, bash and busybox do
    granted=$(ulimit -Hn)
    [ "$granted" = unlimited ] || [ "$granted" -ge 1048576 ] || echo "--ulimit nofile=4096:4096 --ulimit nproc=4096:4096"
}

# Prints options, one a line, that let a container read folders of this machine where SELinux denies it. Not the suffix
# :z of a volume, which changes the labels of the user's files for good.
mount_options() {
    case $engine in docker) format='{{.SecurityOptions}}' ;; *) format='{{.Host.Security.SELinuxEnabled}}' ;; esac
    case $(bounded 20 "$cli" info --format "$format" 2>/dev/null) in
        *name=selinux* | true) printf '%s\n' --security-opt label=disable ;;
    esac
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
    if [ "$engine" = podman ]; then
        builder="Buildah (Podman's builder)"
    elif [ "${DOCKER_BUILDKIT:-1}" = 0 ]; then
        builder="the legacy builder"
    elif [ "${client_version%%.*}" -lt 23 ]; then
        export DOCKER_BUILDKIT=1
        builder=BuildKit
    elif [ "${DOCKER_BUILDKIT:-}" = 1 ] || bounded 20 "$cli" buildx version >/dev/null 2>&1; then
        builder=BuildKit
    else
        builder="the legacy builder"
    fi
}

# Prints options that bound a container's log, which engines do not by default, where the log driver takes them.
log_limits() {
    case $engine in docker) format='{{.LoggingDriver}}' ;; *) format='{{.Host.LogDriver}}' ;; esac
    case $engine:$(bounded 20 "$cli" info --format "$format" 2>/dev/null) in
        docker:json-file | docker:local) echo "--log-opt max-size=10m --log-opt max-file=3" ;;
        podman:k8s-file | podman:json-file) echo "--log-opt max-size=30m" ;;
    esac
}

# need_volume NAME: creates the volume, with this project's labels, unless it exists.
need_volume() {
    "$cli" volume inspect "$1" >/dev/null 2>&1 || show "$cli" volume create \
        --label "org.microblog.project=${IMAGE:-microblog}" --label "org.microblog.instance=$1" "$1" >/dev/null
}

# image_variable IMAGE NAME: prints the value of an environment variable of an image; nothing if it is not set.
image_variable() {
    "$cli" image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$1" | sed -n "s/^$2=//p"
}

# need_engine WHAT: exits with an error where there is no container engine.
need_engine() {
    choose_engine
    [ "$engine" != local ] || die "$1 needs a container engine, and none is available; run 'make doctor', and leave out ENGINE=local"
}

# Prints in one line what to do where Docker's engine is on another machine: ports would open and folders be mounted there.
distant_trouble() {
    [ "$engine" = docker ] || return 0
    address=${DOCKER_HOST:-$(bounded 20 "$cli" context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)} || return 0
    case $address in ssh://* | tcp://* | http://* | https://*) ;; *) return 0 ;; esac
    machine=${address#*://}
    case ${machine#*@} in '' | :* | localhost | localhost[:/]* | 127.* | 0.0.0.0 | 0.0.0.0:* | '[::1]'*) return 0 ;; esac
    echo "the Docker engine is on another machine ($address), where make can't open the port; run make there, unset DOCKER_HOST or run 'docker context use default', or use ENGINE=local"
}

# Exits with an error where Docker's engine is on another machine.
need_near_engine() {
    trouble=$(distant_trouble)
    [ -z "$trouble" ] || die "$trouble"
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
        podman) "$cli" info --format '{{.Store.GraphRoot}}' ;;
        *) pwd ;;
    esac
}

# Prints the free space there in MB; nothing where it can't be read (an engine on another machine).
free_space() {
    df -Pk "$(data_root)" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }'
}
