#!/bin/sh
# boot.sh [web | worker | migrate]: prepares the database, then: web (the default) serves and processes background jobs
# (JOB_WORKERS, 1), worker processes background jobs only, migrate ends.
# APP_ENVIRONMENT: PROD (the default) serves with gunicorn, DEV with Flask's development server and its debugger.
# Exit codes (sysexits(3)): 64 wrong argument or APP_ENVIRONMENT, 69 database unavailable, 70 migration failed,
# 73 directory not writable, 75 migration stopped, 78 wrong setting. One line before it says what to do.
set -eu

refuse() {
    echo "boot.sh: $2" >&2
    exit "$1"
}

case $0 in */*) cd "${0%/*}" ;; esac # without dirname, which a minimal image lacks
# Packages installed beside this file, unless that folder is empty or of another Python.
if venv/bin/python3 -c 'import importlib.metadata as m; m.version("flask-migrate")' 2>/dev/null; then
    PATH=$PWD/venv/bin:$PATH
elif [ -d venv ]; then echo "boot.sh: venv/ lacks the packages or its Python; using $(command -v python3)" >&2; fi
export PATH FLASK_APP=microblog.py MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}" # or glibc keeps memory per thread

role=${1:-web}
case $role in
    web | worker | migrate) ;;
    *) refuse 64 "'$role' is not a role; use web (the default), worker or migrate" ;;
esac
case ${CONTEXT:-} in DEV | PROD) echo "boot.sh: CONTEXT is ignored; set APP_ENVIRONMENT=$CONTEXT" >&2 ;; esac
export APP_ENVIRONMENT="${APP_ENVIRONMENT:-PROD}"
case $APP_ENVIRONMENT:${FLASK_DEBUG:-0} in
    DEV:* | PROD:0 | PROD:[Nn]o | PROD:[Ff]alse) ;;
    PROD:*) refuse 78 "FLASK_DEBUG is set: its debugger runs code for anyone; unset it, or set APP_ENVIRONMENT=DEV" ;;
    *) refuse 64 "APP_ENVIRONMENT='$APP_ENVIRONMENT' is not valid; use PROD (the default) or DEV" ;;
esac

# The kernel discards signals that process 1 has no handler for, so block SIGTERM until it has one. Only GNU's env can.
hold=$(env --block-signal=TERM echo env --block-signal=TERM 2>/dev/null) || :
serve() { exec $hold gunicorn -c app/gunicorn_conf.py 'app.ops.startup:prepared_app()'; }
# This prepares too. But gunicorn can't load, not even to say so, if WEB_CONCURRENCY is not a number.
case $role:$APP_ENVIRONMENT:${WEB_CONCURRENCY:-2} in web:PROD:*[!0-9]*) ;; web:PROD:*) serve ;; esac

# In the background: a shell handles signals in `wait`, not while a foreground command runs. As process 1 it must.
stopped='' child='' status=0
trap 'stopped=yes; kill "$child" 2>/dev/null || :' TERM INT
python3 -m app.ops.startup "$role" &
child=$!
[ -z "$stopped" ] || kill "$child"
wait "$child" || status=$?
if [ -n "$stopped" ]; then
    wait "$child" || : # it completes a running migration
    [ "$role" != migrate ] || exit 75
    exit 0
fi
[ "$status" = 0 ] && [ "$role" != migrate ] || exit "$status"
[ "$role" = web ] || exec $hold python3 -m app.jobs
[ "$APP_ENVIRONMENT" = DEV ] || serve
set -- app/translations/*/LC_MESSAGES/*.po
catalogues=$(IFS=: && echo "$*") # Flask watches Python and templates itself
address=${BIND:-0.0.0.0:${PORT:-5000}} host=${address%:*} host=${host#[}
exec flask run --debug --host "${host%]}" --port "${address##*:}" \
    --extra-files "$catalogues" --exclude-patterns "$PWD/tests/*"
