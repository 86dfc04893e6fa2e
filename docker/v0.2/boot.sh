#!/bin/sh
# "exec" replaces the shell with Flask, which becomes process 1 and receives the stop signal.
exec flask run -h 0.0.0.0
