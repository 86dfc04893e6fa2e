#!/bin/sh
# "exec": Flask takes the shell's place as process 1, where the engine's stop signal arrives.
exec flask run -h 0.0.0.0
