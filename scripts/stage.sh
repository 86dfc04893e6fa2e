# shellcheck shell=sh disable=SC2034,SC2153,SC2154  # Set here, used by those who source this; and the reverse.
# What a stage is: sourced after lib.sh. use_stage checks STAGE and TARGET and sets
#   dockerfile, context, image (NAME:TAG), official (the base image that its Dockerfile names).
# use_instance checks the instance's variables and sets container, volume and address from PORT, BIND and DATA.

: "${STAGES:?run this by make, which lists the stages}"

use_stage() {
    # shellcheck disable=SC2086  # a list
    one_of STAGE "$STAGE" $STAGES
    dockerfile=docker/$STAGE/Dockerfile
    [ -f "$dockerfile" ] || die "$dockerfile is missing; is the checkout complete? git status"
    if holds_app; then context=.; else context=docker/$STAGE; fi
    image=$IMAGE:${TAG:-$STAGE}
    official=$(sed -n 's/^ARG BASE_IMAGE=//p' "$dockerfile")
    if [ -n "$TARGET" ]; then
        targets=$(sed -n 's/^FROM .* [Aa][Ss] //p' "$dockerfile")
        [ -n "$targets" ] || die "STAGE=$STAGE has no targets to choose from; leave TARGET out" 64
        # shellcheck disable=SC2086  # a list
        one_of TARGET "$TARGET" $targets
    fi
}

# Does the stage hold the whole application (rather than a lesson's own little one, or none)?
holds_app() {
    case " $APP_STAGES " in *" $STAGE "*) return 0 ;; esac
    return 1
}

# Does something listen in it?
has_server() {
    [ "$STAGE" != ubuntu-sleep ]
}

use_instance() {
    case $PORT in
        *[!0-9]* | '' | ??????*) die "PORT=$PORT is no port; give a number from 1 to 65535" 64 ;;
    esac
    if [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65535 ]; then die "PORT=$PORT is no port; give a number from 1 to 65535" 64; fi
    one_of ENV "$ENV" PROD DEV
    [ -z "$SETTINGS" ] || [ -r "$SETTINGS" ] || die "SETTINGS=$SETTINGS can't be read; give a file of lines NAME=VALUE, as in .env.example" 64
    container=$IMAGE-$PORT
    volume=${DATA:-$container}
    host=$BIND
    case $BIND in 127.0.0.1 | 0.0.0.0) host=localhost ;; esac
    address=http://$host:$PORT
    # What answers soonest and touches nothing else.
    probe=http://$BIND:$PORT/
    [ "$BIND" != 0.0.0.0 ] || probe=http://127.0.0.1:$PORT/
    [ "$STAGE" = v0.2 ] || probe=${probe}health
}

# has_setting NAME: does SETTINGS give it?
has_setting() {
    [ -n "$SETTINGS" ] && grep -q "^$1=" "$SETTINGS"
}

# read_label NAME: the label of the instance's container, empty where there is none.
read_label() {
    "$cli" container inspect --format "{{index .Config.Labels \"$1\"}}" "$container"
}

# Is there a container of this instance, ours by its label? Otherwise it says so.
need_container() {
    project=$(read_label org.microblog.project 2>/dev/null) || {
        say "There is no instance at PORT=$PORT; 'make ps' lists those that are, 'make run' starts one"
        return 1
    }
    [ "$project" = "$IMAGE" ] || die "the container $container is not this project's; choose another: PORT, or IMAGE"
}
