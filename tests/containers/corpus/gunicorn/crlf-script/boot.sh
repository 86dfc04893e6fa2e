#!/bin/sh
exec gunicorn -c app/gunicorn_conf.py microblog:app
