#!/bin/sh
flask run -h 0.0.0.0
