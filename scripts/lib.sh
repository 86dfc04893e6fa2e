# shellcheck shell=sh
# Functions that the scripts share. Each script changes to the top of the tree and sources this file.
# The Makefile exports its variables to the scripts; the defaults here serve a script that is run by hand.
# A function body in ( ) keeps its variables local: POSIX sh has no "local".

# say TEXT: prints a message on standard error; standard output is for a script's result.
say() {
    printf '%s\n' "$*" >&2
}

# die MESSAGE [STATUS]: prints an error and exits. MESSAGE says what is wrong and what to do.
die() {
    say "error: $1"
    exit "${2:-1}"
}

# print_command COMMAND…: prints a command, quoted so that it can be pasted into a shell.
print_command() (
    line=+
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_./:=@%,+-]* | '') line="$line '$(printf %s "$word" | sed "s/'/'\\\\''/g")'" ;;
            *) line="$line $word" ;;
        esac
    done
    say "$line"
)

# show COMMAND…: prints the command, then runs it.
show() {
    print_command "$@"
    "$@"
}

# start_timer SECONDS COMMAND…: runs the command after SECONDS; sets `timer`, a process that TERM ends before.
start_timer() {
    delay=$1
    shift
    (
        # KILL, since TERM is lost where it arrives before the new process has become sleep; $!, which is set with it.
        others=${!-}
        trap '[ "${!-}" = "$others" ] || kill -KILL "$!"; exit' TERM
        sleep "$delay" 2>/dev/null &
        wait "$!"
        "$@"
    ) </dev/null >/dev/null &
    timer=$!
}

# bounded SECONDS COMMAND…: runs the command, a program, and terminates it after SECONDS, or where the script is
# interrupted. GNU's timeout does not exist on macOS.
bounded() (
    seconds=$1
    shift
    "$@" &
    command=$!
    start_timer "$seconds" kill "$command" 2>/dev/null
    # Ctrl-C does not reach background processes. Set now: a subshell that inherits a trap may lose an early signal.
    trap 'kill "$command" "$timer" 2>/dev/null || :; exit 130' INT TERM
    status=0
    wait "$command" || status=$?
    kill "$timer" 2>/dev/null || :
    exit "$status"
)

# announced TEXT COMMAND…: runs the command; prints TEXT on standard error if it takes longer than 3 s.
announced() (
    text=$1
    shift
    start_timer 3 say "$text"
    trap 'kill "$timer" 2>/dev/null || :; exit 130' INT TERM
    status=0
    "$@" || status=$?
    kill "$timer" 2>/dev/null || :
    exit "$status"
)

# one_of NAME VALUE ALLOWED…: exits with an error unless VALUE is in the list.
one_of() (
    name=$1 value=$2
    shift 2
    for allowed in "$@"; do
        [ "$value" != "$allowed" ] || exit 0
    done
    die "$name=$value is not valid; use one of: $*" 64
)

# find_python [PYTHON]: sets `python` to the first of Python 3.11 or later, on the PATH or PYTHON; status 1 without one.
# shellcheck disable=SC2120  # PYTHON is optional
find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11 ${1:+"$1"}; do
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    done
    return 1
}

# need_python WHAT: sets `python` as find_python does; exits with an error without one.
need_python() {
    find_python || die "$1 needs Python 3.11 or later; install it ('make doctor' checks it)"
}

# expand_home PATH: prints the path with its tilde replaced, which only some shells do in FILE=~/lab/Dockerfile.
expand_home() {
    # shellcheck disable=SC2088  # the tilde is meant as it stands
    case $1 in
        '~/'*) printf '%s\n' "$HOME/${1#'~/'}" ;;
        *) printf '%s\n' "$1" ;;
    esac
}

# Prints the application's version.
app_version() {
    sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml
}

# Prints the file that holds the certificate authorities of this machine, if there is one.
ca_bundle() {
    for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem; do
        [ ! -r "$bundle" ] || { echo "$bundle"; break; }
    done
}

# Exits with an error unless CA_FILE holds a certificate.
need_authority() {
    grep -q -e '-----BEGIN CERTIFICATE-----' "$CA_FILE" 2>/dev/null \
        || die "CA_FILE=$CA_FILE is not a readable PEM certificate; give the authority's PEM file"
}

# Exits with an error if the URL of a mirror holds a user name, a password or a token: images would keep it in a layer.
need_open_mirrors() {
    for mirror in "APT_MIRROR=${APT_MIRROR:-}" "PIP_INDEX_URL=${PIP_INDEX_URL:-}"; do
        authority=${mirror#*://}
        case ${authority%%[/?#]*} in
            *@* | [!\[]*:*[!0-9]*) die "${mirror%%=*} holds a user name or a password, which images would keep for good; give a mirror without, such as a local proxy that adds it (docker/support/base/README.md)" 64 ;;
        esac
    done
}

# Returns 0 for root on Debian: there the scripts install missing packages themselves.
can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# need_package COMMAND PACKAGE…: installs the packages if COMMAND is missing, or prints the command that installs them.
need_package() {
    need=$1
    shift
    command -v "$need" >/dev/null && return 0
    can_install || die "$need is missing; install it (on Debian or Ubuntu: sudo apt-get install -y $*)"
    install_packages "$@"
}

install_packages() {
    say "Installing $* from the distribution's archive"
    log=$(mktemp)
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } </dev/null >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        rm -f "$log"
        die "could not install $*; see the lines above, and check the network with: apt-get update"
    }
    rm -f "$log"
}
