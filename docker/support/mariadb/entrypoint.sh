#!/bin/sh
# Starts MariaDB as process 1. Creates the data directory once. At every start the server itself creates or updates the
# application's database and user before it accepts connections (--init-file): no temporary server can fool a
# healthcheck, the next start repairs an interrupted one, and a changed password takes effect.
#
# Settings, as in the official image: MARIADB_DATABASE, MARIADB_USER, MARIADB_PASSWORD, MARIADB_ROOT_PASSWORD, the last
# two also as NAME_FILE. Without a root password, root signs in from inside only: docker exec -u root NAME mariadb
set -eu

data=/var/lib/mysql
run=/run/mysqld

# die MESSAGE STATUS: log the message and exit; statuses as in sysexits(3).
die() {
    echo "mariadb: $1" >&2
    exit "$2"
}

# secret NAME: print the value of NAME, or the content of the file NAME_FILE.
secret() {
    eval "value=\${$1:-} file=\${$1_FILE:-}"
    if [ -n "$file" ]; then
        [ -z "$value" ] || die "$1 and $1_FILE are both set; keep one" 78
        [ -r "$file" ] || die "$1_FILE=$file can't be read by user $(id -u)" 78
        value=$(cat "$file")
        [ -n "$value" ] || die "$1_FILE=$file is empty" 78
    fi
    printf %s "$value"
}

# check_name NAME VALUE: refuse a value that would need quoting, in SQL or in a URL.
check_name() {
    case $2 in
        *[!A-Za-z0-9_]*) die "$1=$2 is no name; use letters, digits and _" 78 ;;
    esac
}

# quoted TEXT: print TEXT as an SQL string.
quoted() {
    printf "'%s'" "$(printf %s "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g")"
}

case ${1:-} in
    '' | -*) ;;
    *) exec "$@" ;; # another program of this image
esac

check_name MARIADB_DATABASE "${MARIADB_DATABASE:=}"
check_name MARIADB_USER "${MARIADB_USER:=}"
password=$(secret MARIADB_PASSWORD)
root_password=$(secret MARIADB_ROOT_PASSWORD)
[ -z "$MARIADB_USER" ] || [ -n "$password" ] || die "MARIADB_USER is set without MARIADB_PASSWORD or MARIADB_PASSWORD_FILE" 78
[ -w "$data" ] || die "$data can't be written by user $(id -u):$(id -g); give the volume that owner" 73

if [ ! -d "$data/mysql" ] || [ -e "$data/.unfinished" ]; then
    # A volume that is a whole filesystem has lost+found; any other file is data to protect.
    [ -e "$data/.unfinished" ] || [ -z "$(find "$data" -mindepth 1 -maxdepth 1 ! -name lost+found)" ] \
        || die "$data holds files that are not MariaDB's; mount an empty volume there" 78
    echo "mariadb: making the data directory"
    touch "$data/.unfinished"
    find "$data" -mindepth 1 ! -name .unfinished ! -path "$data/lost+found*" -delete
    mariadb-install-db --datadir="$data" --auth-root-authentication-method=socket --skip-test-db >"$run/install.log" 2>&1 || {
        cat "$run/install.log" >&2
        die "the data directory could not be made; see the lines above" 70
    }
    rm "$data/.unfinished"
fi

# sql TEXT: print a statement. Not by echo, which interprets "\" in some shells.
sql() {
    printf '%s;\n' "$1"
}

umask 077
{
    if [ -n "$MARIADB_DATABASE" ]; then
        sql "CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    fi
    if [ -n "$MARIADB_USER" ]; then
        sql "CREATE USER IF NOT EXISTS '$MARIADB_USER'@'%'"
        sql "ALTER USER '$MARIADB_USER'@'%' IDENTIFIED BY $(quoted "$password")"
        # In a GRANT, "_" matches any character.
        [ -z "$MARIADB_DATABASE" ] \
            || sql "GRANT ALL ON \`$(printf %s "$MARIADB_DATABASE" | sed 's/_/\\_/g')\`.* TO '$MARIADB_USER'@'%'"
    fi
    if [ -n "$root_password" ]; then
        sql "ALTER USER root@localhost IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD($(quoted "$root_password"))"
    fi
} >"$run/init.sql"

exec mariadbd --datadir="$data" --socket="$run/mysqld.sock" --pid-file="$run/mysqld.pid" --init-file="$run/init.sql" "$@"
