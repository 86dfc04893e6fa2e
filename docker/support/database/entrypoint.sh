#!/bin/sh
# Starts the image's server, MariaDB or MySQL, as process 1. Creates the data directory once. At every start the server
# itself creates or updates the application's database and user before it accepts connections (--init-file): no
# temporary server can fool a healthcheck, the next start repairs an interrupted one, and a changed password takes effect.
#
# Settings, as in the official images: MARIADB_DATABASE, MARIADB_USER, MARIADB_PASSWORD, MARIADB_ROOT_PASSWORD and
# MARIADB_ROOT_HOST (default %), each also as a file, NAME_FILE. Their names with MYSQL_ work for both; MySQL takes those
# alone. Without a root password, root signs in from inside only: docker exec -u root
set -eu

data=/var/lib/mysql
run=/run/mysqld
if command -v mariadbd >/dev/null; then
    kind=mariadb title=MariaDB prefixes='MARIADB MYSQL'
else
    kind=mysql title=MySQL prefixes=MYSQL
fi

# die MESSAGE STATUS: log the message and exit; statuses as in sysexits(3).
die() {
    echo "$kind: $1" >&2
    exit "$2"
}

# variable NAME: print the value of NAME, or the content of the file NAME_FILE.
variable() {
    eval "value=\${$1:-} file=\${$1_FILE:-}"
    if [ -n "$file" ]; then
        [ -z "$value" ] || die "$1 and $1_FILE are both set; keep one" 78
        [ -r "$file" ] || die "$1_FILE=$file can't be read by user $(id -u)" 78
        value=$(cat "$file")
        [ -n "$value" ] || die "$1_FILE=$file is empty" 78
    fi
    printf %s "$value"
}

# setting NAME: print the value of the setting, from the first of its variables that is set.
setting() {
    for prefix in $prefixes; do
        found=$(variable "${prefix}_$1")
        [ -z "$found" ] || break
    done
    printf %s "$found"
}

# check_name NAME VALUE: refuse a value that would need quoting, in SQL or in a URL.
check_name() {
    case $2 in
        *[!A-Za-z0-9_-]*) die "$1=$2 is no name; use letters, digits, _ and -" 78 ;;
    esac
}

# quoted TEXT: print TEXT as an SQL string.
quoted() {
    printf "'%s'" "$(printf %s "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g")"
}

# Fill the data directory.
install_data() {
    case $kind in
        mariadb) mariadb-install-db --datadir="$data" --auth-root-authentication-method=socket --skip-test-db ;;
        # Insecure only until the first start, which identifies root before it accepts connections.
        mysql) mysqld --initialize-insecure --datadir="$data" --innodb-numa-interleave=OFF ;;
    esac
}

# Print how root is identified, for ALTER USER.
root_method() {
    case $kind:$root_password in
        mariadb:) ;; # as installed
        mariadb:*) echo "VIA unix_socket OR mysql_native_password USING PASSWORD($(quoted "$root_password"))" ;;
        mysql:) echo "WITH auth_socket" ;;
        mysql:*) echo "WITH caching_sha2_password BY $(quoted "$root_password")" ;;
    esac
}

case ${1:-} in
    '' | -*) ;;
    *) exec "$@" ;; # another program of this image
esac

for name in ALLOW_EMPTY_PASSWORD ALLOW_EMPTY_ROOT_PASSWORD ONETIME_PASSWORD PASSWORD_HASH ROOT_PASSWORD_HASH MASTER_HOST; do
    for prefix in $prefixes; do
        eval "value=\${${prefix}_$name:-}"
        [ -z "$value" ] || die "this image does not support ${prefix}_$name; unset it, or use the official image" 78
    done
done
[ ! -d /docker-entrypoint-initdb.d ] || [ -z "$(ls -A /docker-entrypoint-initdb.d 2>&1)" ] \
    || die "this image runs no scripts of /docker-entrypoint-initdb.d; use the official image" 78
prefix=${prefixes%% *}
database=$(setting DATABASE)
user=$(setting USER)
password=$(setting PASSWORD)
root_password=$(setting ROOT_PASSWORD)
root_host=$(setting ROOT_HOST)
check_name "${prefix}_DATABASE" "$database"
check_name "${prefix}_USER" "$user"
[ -z "$user" ] || [ -n "$password" ] || die "${prefix}_USER is set without ${prefix}_PASSWORD or ${prefix}_PASSWORD_FILE" 78
[ -w "$data" ] || die "$data can't be written by user $(id -u):$(id -g); give the volume that owner" 73

if [ ! -d "$data/mysql" ] || [ -e "$data/.unfinished" ]; then
    # A volume that is a whole filesystem has lost+found; any other file is data to protect.
    [ -e "$data/.unfinished" ] || [ -z "$(find "$data" -mindepth 1 -maxdepth 1 ! -name lost+found)" ] \
        || die "$data holds files that are not $title's; mount an empty volume there" 78
    echo "$kind: making the data directory"
    touch "$data/.unfinished"
    find "$data" -mindepth 1 ! -name .unfinished ! -path "$data/lost+found*" -delete
    install_data >"$run/install.log" 2>&1 || {
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
    root=$(root_method)
    [ -z "$root" ] || sql "ALTER USER root@localhost IDENTIFIED $root"
    if [ -n "$root_password" ] && [ "${root_host:=%}" != localhost ]; then
        root=root@$(quoted "$root_host")
        sql "CREATE USER IF NOT EXISTS $root"
        sql "ALTER USER $root IDENTIFIED BY $(quoted "$root_password")"
        sql "GRANT ALL ON *.* TO $root WITH GRANT OPTION"
    fi
    if [ -n "$database" ]; then
        sql "CREATE DATABASE IF NOT EXISTS \`$database\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    fi
    if [ -n "$user" ]; then
        sql "CREATE USER IF NOT EXISTS '$user'@'%'"
        sql "ALTER USER '$user'@'%' IDENTIFIED BY $(quoted "$password")"
        # In a GRANT, "_" matches any character.
        [ -z "$database" ] || sql "GRANT ALL ON \`$(printf %s "$database" | sed 's/_/\\_/g')\`.* TO '$user'@'%'"
    fi
} >"$run/init.sql"

set -- --datadir="$data" --socket="$run/mysqld.sock" --pid-file="$run/mysqld.pid" --init-file="$run/init.sql" "$@"
[ "$kind" = mysql ] || exec mariadbd "$@"
# Root's authentication is a plugin. No statement reads or writes files, NUMA needs a capability that containers lack, and
# nothing uses MySQL's second port.
exec mysqld --plugin-load-add=auth_socket.so --secure-file-priv=NULL --innodb-numa-interleave=OFF --mysqlx=OFF "$@"
