#!/bin/sh
exec flask run -h 0.0.0.0
