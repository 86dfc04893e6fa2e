#!/bin/sh
# Starts the server: uWSGI in production, Flask's development server with APP_ENVIRONMENT=DEV.
set -eu
# For the system's resolver: otherwise a request waits for 10 s if the name server can't be reached.
export RES_OPTIONS="${RES_OPTIONS:-timeout:1 attempts:1}"
case ${APP_ENVIRONMENT:=PROD} in
    PROD) exec uwsgi --ini uwsgi.ini ;;
    DEV) exec flask run --debug --host 0.0.0.0 --port 9090 ;;
    *)
        echo "cmd.sh: APP_ENVIRONMENT is PROD or DEV, not $APP_ENVIRONMENT" >&2
        exit 64
        ;;
esac
