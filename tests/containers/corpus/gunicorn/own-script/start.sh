#!/bin/sh
set -e
case ${1:-web} in
    web) flask db upgrade && exec gunicorn -c app/gunicorn_conf.py microblog:app ;;
    migrate) exec flask db upgrade ;;
    *) exec "$@" ;;
esac
