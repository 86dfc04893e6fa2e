# shellcheck shell=sh disable=SC2034,SC2153,SC2154  # Variables come from, and go to, the scripts that source this file.
# The stage and the instance that the Makefile's variables name; source this file after lib.sh.
# A stage is a folder with a Dockerfile, under docker/ or anywhere; its stage.conf (docker/README.md) may be absent.

: "${STAGE:?run this through make, which has a default stage}"

# Checks STAGE and TARGET; sets stage (a name for tags), folder, dockerfile, context, image (NAME:TAG), and what the
# stage declares: application (yes or no), port (in the container, or none), answers (a path), companions.
use_stage() {
    find_stage
    [ -f "$dockerfile" ] || die "STAGE=$STAGE: there is no file $dockerfile; give a stage of 'make stages', or the path of a folder or a Dockerfile" 64
    check_declaration
    application=$(declared application yes)
    one_of "application in $folder/stage.conf:" "$application" yes no
    context=$(declared context "$([ "$application" = yes ] && echo checkout || echo folder)")
    one_of "context in $folder/stage.conf:" "$context" checkout folder
    case $context in checkout) context=. ;; folder) context=$folder ;; esac
    port=$(declared port 5000)
    answers=$(declared answers /health)
    companions=$(declared companions '')
    image=$IMAGE:${TAG:-$stage}
    official=$(sed -n 's/^ARG BASE_IMAGE=//p' "$dockerfile")
    if [ -n "$TARGET" ]; then
        targets=$(sed -n 's/^FROM .* [Aa][Ss] //p' "$dockerfile")
        [ -n "$targets" ] || die "STAGE=$STAGE has no targets; leave out TARGET" 64
        # shellcheck disable=SC2086  # a list
        one_of TARGET "$TARGET" $targets
    fi
}

# Sets stage, folder and dockerfile from STAGE: a name, or a path.
find_stage() {
    STAGE=$(expand_home "$STAGE")
    case $STAGE in
        */* | .*)
            if [ -f "$STAGE" ]; then
                folder=$(dirname -- "$STAGE") dockerfile=$STAGE
            elif [ -d "$STAGE" ]; then
                folder=${STAGE%/} dockerfile=${STAGE%/}/Dockerfile
            else
                die "STAGE=$STAGE is neither a folder nor a Dockerfile; give a stage of 'make stages' or an existing path" 64
            fi
            folder=$(CDPATH='' cd -- "$folder" && pwd)
            dockerfile=$folder/${dockerfile##*/}
            case $dockerfile in
                "$PWD"/docker/*/*/*) ;;
                "$PWD"/docker/*/Dockerfile) STAGE=${folder##*/} folder=docker/${folder##*/} dockerfile=docker/$STAGE/Dockerfile ;;
            esac
            ;;
        *)
            folder=docker/$STAGE dockerfile=docker/$STAGE/Dockerfile
            # shellcheck disable=SC2046  # a list
            [ -f "$dockerfile" ] || one_of STAGE "$STAGE" $(list_stages)
            ;;
    esac
    stage=${folder##*/}
    case ${dockerfile##*/} in
        Dockerfile) ;;
        Dockerfile.*) stage=$stage-${dockerfile##*/Dockerfile.} ;;
        *) stage=$stage-$(basename -- "$dockerfile" .Dockerfile) ;;
    esac
    # As a tag may be (https://docs.docker.com/reference/cli/docker/image/tag/).
    stage=$(printf %s "$stage" | LC_ALL=C tr -c 'A-Za-z0-9_.-' - | sed 's/^[.-]*//')
    # The image of a working folder, such as lessons/gunicorn, must not replace that of the stage.
    if [ "$folder" != "docker/$STAGE" ] && [ -f "docker/$stage/Dockerfile" ]; then stage=my-$stage; fi
}

# Sets image to NAME, an image that the engine must have.
use_named_image() {
    need_engine "NAME=$NAME"
    image=$NAME
    # `docker save` takes every tag of a name without one; an id has none.
    case ${NAME##*/} in *[:@]*) ;; *) ! "$cli" image inspect "$NAME:latest" >/dev/null 2>&1 || image=$NAME:latest ;; esac
    "$cli" image inspect "$image" >/dev/null 2>&1 || die "the engine has no image $image; 'make images' lists this project's, '$cli pull $image' gets one from a registry"
}

# declared KEY DEFAULT: prints the value of a key of the stage's stage.conf.
declared() {
    value=$(declared_in "$folder" "$1")
    printf '%s\n' "${value:-$2}"
}

# declared_in FOLDER KEY: prints what a stage.conf says; nothing where it says nothing.
declared_in() {
    [ ! -f "$1/stage.conf" ] || sed -n "s/^$2=//p" "$1/stage.conf"
}

# Exits with an error if stage.conf has a line that no key explains.
check_declaration() {
    [ -f "$folder/stage.conf" ] || return 0
    wrong=$(grep -Evn '^(#.*|(title|after|application|context|port|answers|companions|claims|reproducible|lesson)=.*)?$' "$folder/stage.conf" | sed 1q) || :
    [ -z "$wrong" ] || die "$folder/stage.conf, line $wrong: not a line KEY=VALUE with a key of docker/README.md" 64
}

# Prints the names of the stages under docker/ in course order: each after the one that it names; those in no order last.
list_stages() {
    for dockerfile_of in docker/*/Dockerfile; do
        folder_of=${dockerfile_of%/Dockerfile}
        echo "${folder_of#docker/} $(declared_in "$folder_of" after)"
    done | awk '
        function put(name,   i) { print name; for (i = 1; i <= n; i++) if (after[names[i]] == name) put(names[i]) }
        { names[++n] = $1; after[$1] = $2; has_next[$2] = 1 }
        END {
            for (i = 1; i <= n; i++) if (!after[names[i]] && has_next[names[i]]) put(names[i])
            for (i = 1; i <= n; i++) if (!after[names[i]] && !has_next[names[i]]) put(names[i])
        }'
}

# Prints the names of the stages under docker/ that contain the whole application.
list_app_stages() {
    for each in $(list_stages); do
        [ "$(declared_in "docker/$each" application)" = no ] || printf '%s ' "$each"
    done
}

# Prints the files that the lesson of the stage starts from: their paths, or empty; no where the student writes none.
lesson_files() {
    declared lesson "$(holds_app && echo app migrations boot.sh config.py microblog.py requirements.txt || echo no)"
}

# Prints the names of the stages in whose lesson the student writes files, in course order.
list_lessons() {
    for each in $(list_stages); do
        case $(declared_in "docker/$each" lesson):$(declared_in "docker/$each" application) in
            no:* | :no) ;;
            *) printf '%s ' "$each" ;;
        esac
    done
}

# Returns 0 if the stage contains the whole application, not a lesson's small one or none.
holds_app() {
    [ "$application" = yes ]
}

# need_app WHAT: exits with an error if the stage does not contain the application.
need_app() {
    holds_app || die "STAGE=$STAGE $1; use one of these stages: $(list_app_stages | sed 's/ $//')" 64
}

# Returns 0 if the stage runs a server.
has_server() {
    [ "$port" != none ]
}

# Checks PORT, ENV and SETTINGS; takes the brackets of an IPv6 address from BIND; sets container, volume, listen (the
# address as URLs and the engine write it), address and probe (the URL that tells whether it answers).
use_instance() {
    case $PORT in
        *[!0-9]* | '' | ??????*) die "PORT=$PORT is not a port; give a number from 1 to 65535" 64 ;;
    esac
    if [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65535 ]; then die "PORT=$PORT is not a port; give a number from 1 to 65535" 64; fi
    one_of ENV "$ENV" PROD DEV
    [ -z "$SETTINGS" ] || [ -r "$SETTINGS" ] || die "can't read SETTINGS=$SETTINGS; give a file of NAME=VALUE lines, like .env.example" 64
    container=$IMAGE-$PORT
    volume=${DATA:-$container}
    case $BIND in '['*']') BIND=${BIND#?} BIND=${BIND%?} ;; esac
    case $BIND in *:*) listen="[$BIND]" ;; *) listen=$BIND ;; esac
    # All addresses of a family include its loopback address.
    case $BIND in 0.0.0.0) host=127.0.0.1 ;; ::) host='[::1]' ;; *) host=$listen ;; esac
    probe=http://$host:$PORT${answers:-/health}
    [ "$host" != 127.0.0.1 ] || host=localhost
    address=http://$host:$PORT
}

# Sets `settings`, the NAME=VALUE lines of the file SETTINGS; exits with an error if readers of such files differ on one.
read_settings() {
    settings=
    [ -z "$SETTINGS" ] || settings=$("${python:-python3}" scripts/settings "$SETTINGS") || exit 64
}

# has_setting NAME: returns 0 if the file SETTINGS sets NAME.
has_setting() {
    printf '%s\n' "$settings" | grep -q "^$1="
}

# read_label NAME: prints a label of the instance's container.
read_label() {
    "$cli" container inspect --format "{{index .Config.Labels \"$1\"}}" "$container"
}

# Returns 0 if the instance's container exists; exits with an error if make did not start it.
find_container() {
    "$cli" container inspect "$container" >/dev/null 2>&1 || return 1
    is_ours "$container" || die "the container $container was not started by make for IMAGE=$IMAGE; rename or remove it, or choose another PORT"
}

# As find_container, with a message where there is none.
need_container() {
    find_container && return 0
    say "There is no instance at PORT=$PORT; 'make ps' lists the instances, 'make run' starts one"
    return 1
}
