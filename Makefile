# The menu: `make` prints it. Each target calls a script, through sh: a checkout may lack execute bits.
# Variables are set on the command line: with `=`, not `?=`, an ENV or PORT in the shell's environment changes nothing.
# `make help` shows the lines that start with "##".

DEFAULT_STAGE = optimized
DBS = sqlite mariadb mysql

## the stage to use: one of `make stages`, or the path of any folder or Dockerfile
STAGE = $(DEFAULT_STAGE)
## a target in the stage's Dockerfile (default: the last one)
TARGET =
## PROD or DEV; DEV mounts the source read-only and reloads it on a change
ENV = PROD
## the database: $(DBS)
DB = sqlite
## ed25519: `make test DB=mariadb` authenticates with that plugin
DB_AUTH =
## auto, docker, podman or local; local needs no container, only Python
ENGINE = auto
## base images: auto, hub (from Docker Hub) or debian (made from the Debian archive)
BASE = auto
## the port on this machine; each port is a separate instance
PORT = 5000
## the address on this machine; 0.0.0.0 accepts connections from other machines
BIND = 127.0.0.1
## the volume for the data (default: IMAGE-PORT); instances can share one
DATA =
## the name of the image, and the prefix of containers and volumes
IMAGE = microblog
## the image's tag (default: the stage's name)
TAG =
## the data set of `make bench`: S (100 people, 5,000 posts) or L (5,000 people, 500,000 posts)
SET = S
## `make layers`, `history` and `inspect`: an image that the engine has, instead of STAGE's
NAME =
## `make layers`: a tar of `docker save` or `podman save`; `make db-backup` and `db-restore`: the backup; `make check`: the Dockerfile; `make bundle`: the archive
FILE =
## `make check-class`: the folder of the submissions; each folder or Dockerfile in it is one student's
DIR =
## `make check` and `make check-class`: the language of the reports, en or fr
CHECK_LANG = en
## `make layers`: also list the changes of this layer, a number from 1 or all
TREE =
## 1: `make layers` prints JSON
JSON = 0
## `make compare`: names or paths of stages (default: all that contain the application)
STAGES =
## `make compare`: also take a picture of the page, and save it under this name
PICTURE =
## where `make push` pushes to: host[:port]/name; `make registry` starts it on this machine
REGISTRY = localhost:5050/microblog
## the tag that `make push` gives (default: the application's version, with the stage's name unless it is the default)
VERSION =
## 1: `make registry` uses TLS and an account
SECURE = 0
## a file of settings for `make run` and `make up`, such as .env (.env.example lists the settings)
SETTINGS =
## `make up`: companions, such as mariadb,redis,worker,proxy,mail (default: COMPOSE_PROFILES in SETTINGS)
PROFILES =
## the points that `make accept` (docker/README.md) and `make check` try: names, or all
POINTS = all
## files that `make accept` and `make check` write their results to; they end in .json or .xml (JUnit)
REPORT =
## 1: `make test` prints the branch coverage; may be set in the environment
COVERAGE ?= 0
## 1: `make bench` measures nothing, and publishes the saved figures in bench/README.md
PUBLISH = 0

# Settings of a site, the same for every command: the environment may set these, so they are not assigned here.
SITE = REGISTRY_MIRROR APT_MIRROR PIP_INDEX_URL CA_FILE DOCKER
## REGISTRY_MIRROR  a registry that mirrors Docker Hub, such as mirror.example:5000
## APT_MIRROR       a package mirror with debian/ and debian-security/, such as http://mirror.example
## PIP_INDEX_URL    a mirror of the Python package index
## CA_FILE          a PEM file of a private certificate authority to trust
## DOCKER           the docker command to use, if it is not the first on the PATH

VARIABLES = STAGE TARGET ENV DB DB_AUTH ENGINE BASE PORT BIND DATA IMAGE TAG SET NAME FILE DIR CHECK_LANG TREE JSON STAGES PICTURE REGISTRY VERSION SECURE SETTINGS PROFILES POINTS REPORT COVERAGE PUBLISH
export VARIABLES $(VARIABLES) DEFAULT_STAGE DBS

MAKEFLAGS += --no-print-directory
given := $(foreach name,$(.VARIABLES),$(if $(findstring command,$(origin $(name))),$(name)))
unknown := $(filter-out $(VARIABLES) $(SITE) MAKEFLAGS MAKEOVERRIDES -*-command-variables-*-,$(given))
$(if $(filter CONTEXT,$(unknown)),$(error there is no variable CONTEXT; use ENV=$(CONTEXT)))
$(if $(unknown),$(error there is no variable $(unknown); 'make help' lists the variables))

.PHONY: help stages lesson doctor build run stop restart logs shell db-shell db-backup db-restore up down ps images layers history inspect compare registry push sbom audit accept check check-class bundle bundle-serve verify test test-images test-builders acceptance test-faults test-browser lint bench clean
# `make -j4 run stop` runs its targets in order.
.NOTPARALLEL:

## print this menu
help: ; @sh scripts/help

## list the stages in course order
stages: ; @sh scripts/stages

## make lessons/STAGE, the working folder for the lesson of STAGE
lesson: ; @sh scripts/lesson

## check what this machine needs, with remedies
doctor: ; @sh scripts/doctor

## build the stage's image
build: ; @sh scripts/build

## build, start, wait until it answers, print the address
run: ; @sh scripts/run

## stop the instance at PORT; keeps its data
stop: ; @sh scripts/instance stop

## restart the instance at PORT, wait until it answers
restart: ; @sh scripts/instance restart

## show the log of the instance at PORT
logs: ; @sh scripts/instance logs

## open a shell in the instance at PORT
shell: ; @sh scripts/instance shell

## open a client of the companion database of the instance at PORT
db-shell: ; @sh scripts/instance db-shell

## write the companion database to FILE (default: a new file in instance/backups)
db-backup: ; @sh scripts/instance db-backup

## replace the companion database with FILE, made by `make db-backup`
db-restore: ; @sh scripts/instance db-restore

## build, start with Compose and the companions of PROFILES, wait until it answers
up: ; @sh scripts/compose up

## stop what `make up` started; keeps its data
down: ; @sh scripts/compose down

## list this project's containers
ps: ; @sh scripts/instance ps

## list this project's images
images: ; @sh scripts/instance images

## take the image apart: what each layer adds, changes and removes, the biggest files, wasted space
layers: ; @sh scripts/examine layers

## show the instructions and layers of the image, as the engine records them
history: ; @sh scripts/examine history

## show the configuration of the image, as the engine records it
inspect: ; @sh scripts/examine inspect

## build and measure the stages side by side; writes build/compare/index.html
compare: ; @sh scripts/compare

## start a private registry on this machine
registry: ; @sh scripts/registry

## push the stage's image to REGISTRY
push: ; @sh scripts/push

## write the bill of materials of the stage's image, or of NAME, to build/sbom/
sbom: ; @sh scripts/sbom

## ask a vulnerability database (OSV's, or OSV_URL) for its packages
audit: ; @sh scripts/sbom audit

## try the contract of a packaging on STAGE, point by point (docker/README.md)
accept: ; @sh scripts/accept

## judge the Dockerfile FILE for the exercise of STAGE, point by point (docs/checking.md)
check: ; @sh scripts/check

## judge the submissions in DIR for the exercise of STAGE; writes build/check/
check-class: ; @sh scripts/check class

## write build/microblog-bundle.tar, or FILE: all that a class needs without a network (docs/teaching.md)
bundle: ; @sh scripts/bundle

## serve FILE to the class (on BIND=0.0.0.0 and PORT=8000); prints what students type
bundle-serve: BIND = 0.0.0.0
bundle-serve: PORT = 8000
bundle-serve: ; @sh scripts/bundle serve

## build the stage twice from scratch: is it the same image?
verify: ; @sh scripts/verify

## test the application inside the stage's image, on DB
test: ; @sh scripts/test

## test every stage's image and these commands
test-images: ; @sh scripts/test-host images

## test every stage with Podman, and two stages on a current engine
test-builders: ; @sh scripts/test-host builders

## run test-images and test-builders, an hour or more
acceptance: test-images test-builders

## break databases, disks, containers and more under load; prints what was counted
test-faults: ; @sh scripts/test-host faults

## test the pages in a browser: accessibility, with and without JavaScript
test-browser: ; @sh scripts/test-host browser

## run the linters, the type checker and the tests of the conventions
lint: ; @sh scripts/lint

## measure the pages against a bare Flask application, on SET and DB
bench: ; @sh scripts/bench

## remove this project's containers and images; a volume only by name: DATA=microblog-5000
clean: ; @sh scripts/clean
