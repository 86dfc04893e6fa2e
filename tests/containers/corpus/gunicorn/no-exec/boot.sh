#!/bin/sh
if [ "$1" = migrate ]; then exec flask db upgrade; fi
flask db upgrade
gunicorn -c app/gunicorn_conf.py microblog:app
