# shellcheck shell=sh
# What the scripts share; sourced by each of them from the top of the tree (". scripts/lib.sh").
# A function with its body in ( ) keeps its variables to itself (POSIX sh has no "local").
# Settings come from the environment, where the Makefile puts its variables; the defaults are for a script run by hand.

# Tells people what happens; standard output stays free for a script's answer.
say() {
    printf '%s\n' "$*" >&2
}

# die MESSAGE [STATUS]: one line that says what is wrong and what to do.
die() {
    say "error: $1"
    exit "${2:-1}"
}

# print_command COMMAND…: prints a command as a person would type it.
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

# one_of NAME VALUE ALLOWED…: refuses a value that is not in the list.
one_of() (
    name=$1 value=$2
    shift 2
    for allowed in "$@"; do
        [ "$value" != "$allowed" ] || exit 0
    done
    die "$name=$value is not known; it is one of: $*" 64
)

# The file with the authorities that this machine trusts, where it has one.
ca_bundle() {
    for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem; do
        [ ! -r "$bundle" ] || { echo "$bundle"; break; }
    done
}

# Refuses a CA_FILE without a certificate in it.
need_authority() {
    grep -q -e '-----BEGIN CERTIFICATE-----' "$CA_FILE" 2>/dev/null \
        || die "CA_FILE=$CA_FILE is no readable PEM certificate; give the authority's file"
}

# Is this root on Debian, so that a missing package can be installed rather than asked for?
can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# need_package COMMAND PACKAGE…: installs what COMMAND needs (root on Debian), or prints the one command that does.
need_package() {
    need=$1
    shift
    command -v "$need" >/dev/null && return 0
    can_install || die "$need is missing; install it: sudo apt-get install -y $*"
    install_packages "$@"
}

install_packages() {
    say "Installing $* from the distribution's archive"
    log=$(mktemp)
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } </dev/null >"$log" 2>&1 || {
        tail -n 5 "$log" >&2
        rm -f "$log"
        die "could not install $*; see the lines above, and check the network: apt-get update"
    }
    rm -f "$log"
}
