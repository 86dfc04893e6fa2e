#!/bin/sh
# Starts the server: uWSGI in production, Flask's development server with APP_ENVIRONMENT=DEV.
set -eu
case ${APP_ENVIRONMENT:=PROD} in
    PROD) exec uwsgi --ini uwsgi.ini ;;
    DEV) exec flask run --debug --host 0.0.0.0 --port 9090 ;;
    *)
        echo "cmd.sh: APP_ENVIRONMENT is PROD or DEV, not $APP_ENVIRONMENT" >&2
        exit 64
        ;;
esac
