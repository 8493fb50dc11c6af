#!/usr/bin/env bash
# A certificate authority of one's own, for test servers.
#
#   certificate.sh DIR                       makes the authority in DIR (ca.pem, ca.key), if not there
#   certificate.sh DIR FILE NAME...          also DIR/FILE.pem and DIR/FILE.key for these host names
#                                            and IP addresses
#   certificate.sh DIR FILE --expired NAME...  the same, but its validity ended in 2021
set -euo pipefail

directory=$1
mkdir -p "$directory"
cd "$directory"

if [ ! -s ca.pem ]; then
  openssl req -x509 -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -sha256 -days 3650 \
    -subj '/O=BYO Email tests/CN=Test certificate authority' -keyout ca.key -out ca.pem \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
fi
[ $# -gt 1 ] || exit 0

file=$2
shift 2
validity=(-days 3650)
if [ "$1" = --expired ]; then
  validity=(-startdate 20210101000000Z -enddate 20210201000000Z)
  shift
fi
names=
for name in "$@"; do
  case $name in
    *[!0-9.]*) names+=",DNS:$name" ;;
    *) names+=",IP:$name" ;;
  esac
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/index"
cat >"$work/authority.cnf" <<CNF
[ca]
default_ca = authority
[authority]
database = $work/index
new_certs_dir = $work
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any_name
x509_extensions = server
[any_name]
commonName = supplied
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = ${names#,}
CNF
openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj "/CN=$1" \
  -keyout "$file.key" -out "$work/request"
openssl ca -batch -notext -config "$work/authority.cnf" -cert ca.pem -keyfile ca.key \
  "${validity[@]}" -in "$work/request" -out "$file.pem"
