# shellcheck shell=sh disable=SC2034,SC2153,SC2154  # Variables come from, and go to, the scripts that source this file.
# The stage and the instance that the Makefile's variables name; source this file after lib.sh.

: "${STAGES:?run this through make, which lists the stages}"

# Checks STAGE and TARGET; sets dockerfile, context, image (NAME:TAG) and official (the base image in the Dockerfile).
use_stage() {
    # shellcheck disable=SC2086  # a list
    one_of STAGE "$STAGE" $STAGES
    dockerfile=docker/$STAGE/Dockerfile
    [ -f "$dockerfile" ] || die "$dockerfile is missing; check that the checkout is complete: git status"
    if holds_app; then context=.; else context=docker/$STAGE; fi
    image=$IMAGE:${TAG:-$STAGE}
    official=$(sed -n 's/^ARG BASE_IMAGE=//p' "$dockerfile")
    if [ -n "$TARGET" ]; then
        targets=$(sed -n 's/^FROM .* [Aa][Ss] //p' "$dockerfile")
        [ -n "$targets" ] || die "STAGE=$STAGE has no targets; leave out TARGET" 64
        # shellcheck disable=SC2086  # a list
        one_of TARGET "$TARGET" $targets
    fi
}

# Returns 0 if the stage contains the whole application, not a lesson's small one or none.
holds_app() {
    case " $APP_STAGES " in *" $STAGE "*) return 0 ;; esac
    return 1
}

# Returns 0 if the stage runs a server.
has_server() {
    [ "$STAGE" != ubuntu-sleep ]
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
    probe=http://$host:$PORT/
    [ "$host" != 127.0.0.1 ] || host=localhost
    address=http://$host:$PORT
    [ "$STAGE" = v0.2 ] || probe=${probe}health
}

# has_setting NAME: returns 0 if the file SETTINGS sets NAME.
has_setting() {
    [ -n "$SETTINGS" ] && grep -q "^$1=" "$SETTINGS"
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
