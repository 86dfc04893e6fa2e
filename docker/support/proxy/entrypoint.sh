#!/bin/sh
# Starts nginx as process 1. /tls holds cert.pem and key.pem; without either, both are made once, signed by themselves.
# SITE_URL: the address that users type; plain HTTP redirects to it if it is https://, else to HTTPS on the same host.
set -eu
umask 077

# die MESSAGE STATUS: log the message and exit; statuses as in sysexits(3).
die() {
    echo "proxy: $1" >&2
    exit "$2"
}

site=${SITE_URL:-}
site=${site%/}
case $site in https://*) ;; *) site='' ;; esac
case ${site#https://} in
    *[!][A-Za-z0-9.:-]*) die "SITE_URL=$site is not an address such as https://blog.example" 78 ;;
esac
host=${site#https://}
host=${host%:*}

cd /tls
if [ ! -e cert.pem ] && [ ! -e key.pem ]; then
    [ -w . ] || die "/tls has no cert.pem and key.pem, and can't be written by user $(id -u); give it both" 73
    names=DNS:localhost,IP:127.0.0.1,IP:::1
    case $host in '' | localhost | *[!A-Za-z0-9.-]* | *[0-9].[0-9]*) ;; *) names=$names,DNS:$host ;; esac
    echo "proxy: making a certificate, which no browser trusts; /tls takes one of an authority"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=${host:-localhost}" \
        -addext "subjectAltName=$names" -keyout key.new -out cert.pem 2>/tmp/openssl || { cat /tmp/openssl >&2; exit 70; }
    mv key.new key.pem
fi
for file in cert.pem key.pem; do
    [ -r "$file" ] || die "/tls/$file is missing, or user $(id -u) can't read it; give the folder both files, readable by all, in a folder that only you can enter" 78
done

sed "s|@SITE@|${site:-https://\$host}|" /opt/proxy/nginx.conf >/tmp/nginx.conf
# Errors of the start go to the log; the package's file can't be written.
exec nginx -e stderr -c /tmp/nginx.conf
