# Microblog's menu; `make` alone prints it. What a target does stands in scripts/, one file each.
# Variables are given on the command line: `=`, not `?=`, so that a stray ENV or PORT of the shell changes nothing.
# A line of "##" explains what follows it; `make help` shows these.

# The stages in course order, and those of them that hold the whole application.
STAGES = ubuntu-sleep v0.2 healthcheck gunicorn optimized
APP_STAGES = gunicorn optimized
DEFAULT_STAGE = optimized
DBS = sqlite mariadb

## which packaging, a folder under docker/: $(STAGES)
STAGE = $(DEFAULT_STAGE)
## a target inside the stage's Dockerfile (default: the last one)
TARGET =
## PROD, or DEV: mounts the source read-only and reloads on a change
ENV = PROD
## where the data are: $(DBS)
DB = sqlite
## auto, docker, podman, or local: a virtual environment, no container
ENGINE = auto
## base images: auto, hub (Docker Hub's), or debian (made from the Debian archive)
BASE = auto
## the port on this machine; each port is an instance of its own
PORT = 5000
## the address on this machine; 0.0.0.0 lets others in
BIND = 127.0.0.1
## the volume that holds the data (default: IMAGE-PORT); instances may share one
DATA =
## the name of what is built, run and cleaned
IMAGE = microblog
## the image's tag (default: the stage's name)
TAG =
## how much data to measure with: S (100 people, 5,000 posts) or L (5,000, 500,000)
SET = S
## a file of settings for `make run`, such as .env (.env.example lists them)
SETTINGS =
## 1: `make test` prints the branch coverage; may be set in the environment
COVERAGE ?= 0
## 1: `make bench` measures nothing, and publishes the saved figures in bench/README.md
PUBLISH = 0

# What a site needs, the same for every command: from the command line or the environment, so not set here.
SITE = REGISTRY_MIRROR APT_MIRROR PIP_INDEX_URL CA_FILE DOCKER
## REGISTRY_MIRROR  a registry to take official images from, such as mirror.example:5000
## APT_MIRROR       a package mirror that holds debian/ and debian-security/, such as http://mirror.example
## PIP_INDEX_URL    a mirror of the Python package index
## CA_FILE          a private certificate authority to trust, a PEM file
## DOCKER           the docker command, where it isn't the first on the PATH

VARIABLES = STAGE TARGET ENV DB ENGINE BASE PORT BIND DATA IMAGE TAG SET SETTINGS COVERAGE PUBLISH
export VARIABLES $(VARIABLES) STAGES APP_STAGES DEFAULT_STAGE DBS

MAKEFLAGS += --no-print-directory
given := $(foreach name,$(.VARIABLES),$(if $(findstring command,$(origin $(name))),$(name)))
unknown := $(filter-out $(VARIABLES) $(SITE) MAKEFLAGS MAKEOVERRIDES -*-command-variables-*-,$(given))
$(if $(unknown),$(error there is no variable $(unknown); 'make help' lists them))

.PHONY: help doctor build run stop restart logs shell ps images test test-images test-builders test-browser lint bench clean

## print this menu
help: ; @scripts/help

## say what this machine lacks, and what to do
doctor: ; @scripts/doctor

## build the stage's image
build: ; @scripts/build

## build, start, wait until it answers, print the address
run: ; @scripts/run

## stop the instance at PORT; its data stays
stop: ; @scripts/stop

## restart the instance at PORT, wait until it answers
restart: ; @scripts/restart

## show what the instance at PORT printed
logs: ; @scripts/logs

## open a shell inside the instance at PORT
shell: ; @scripts/shell

## list this project's containers
ps: ; @scripts/ps

## list this project's images
images: ; @scripts/images

## test the application inside the stage's image, on DB
test: ; @scripts/test

## test the images of every stage, and these commands, from outside
test-images: ; @scripts/test-images

## test every stage built and run by Podman
test-builders: ; @scripts/test-builders

## test the pages in a browser: with and without JavaScript, for everybody
test-browser: ; @scripts/test-browser

## read everything with the linters, and test the conventions
lint: ; @scripts/lint

## measure the pages against a bare Flask, on SET and DB
bench: ; @scripts/bench

## remove this project's containers and images; data only by name: DATA=microblog-5000
clean: ; @scripts/clean
