#!/usr/bin/env bash
# Starts Dovecot and Postfix on loopback, to try the program by hand with real servers. As root.
#
#   bash src/test/servers/start.sh [DIR]               until it is interrupted
#   bash src/test/servers/start.sh --background [DIR]  returns when both are running
#   bash src/test/servers/start.sh --stop [DIR]        ends what --background started
#
# DIR (/tmp/byo-mail-servers) keeps certificates, users and mails for the next start; delete it to
# begin again. Ports are taken from the environment: IMAP_PORT=143 IMAPS_PORT=993 and so on.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

mode=foreground
case ${1:-} in
  --background | --stop) mode=${1#--} && shift ;;
  -*) sed -n '2,/^$/{/^#/s/^# \{0,1\}//p}' "$0" && exit 2 ;;
esac
mkdir -p "${1:-/tmp/byo-mail-servers}"
directory=$(cd "${1:-/tmp/byo-mail-servers}" && pwd)

stop() {
  bash "$here/postfix.sh" stop "$directory/postfix"
  bash "$here/dovecot.sh" stop "$directory/dovecot"
}

if [ $mode = stop ]; then
  stop
  exit
fi
[ "$(id -u)" = 0 ] || { echo 'start.sh: Postfix can only be started by root' >&2 && exit 1; }

export IMAP_PORT=${IMAP_PORT:-10143} IMAPS_PORT=${IMAPS_PORT:-10993}
export SUBMISSION_PORT=${SUBMISSION_PORT:-10587} SMTPS_PORT=${SMTPS_PORT:-10465}
export LMTP_PORT=${LMTP_PORT:-10024} AUTH_PORT=${AUTH_PORT:-10025}
export STORAGE=maildir DOMAINS='example.test partner.test'
export BOXES=$directory/dovecot/mail
export CERTIFICATE=$directory/ca/server.pem KEY=$directory/ca/server.key

chmod 755 "$directory"
[ -s "$CERTIFICATE" ] ||
  bash "$here/certificate.sh" "$directory/ca" server localhost 127.0.0.1 2>/dev/null
stop
bash "$here/dovecot.sh" prepare "$directory/dovecot"
bash "$here/postfix.sh" prepare "$directory/postfix"
for name in ada bob carol; do
  echo "$name@example.test:secret::::::" >"$directory/dovecot/users/$name@example.test"
done

trap stop EXIT
# A file and no pipe: the servers keep what they are given, and a reader would wait for its end.
for server in dovecot postfix; do
  bash "$here/$server.sh" start "$directory/$server" >"$directory/start.log" 2>&1 ||
    { cat "$directory/start.log" >&2 && exit 1; }
done

cat <<TEXT
IMAP      localhost:$IMAP_PORT (STARTTLS)   localhost:$IMAPS_PORT (TLS)
SMTP      localhost:$SUBMISSION_PORT (STARTTLS)   localhost:$SMTPS_PORT (TLS)
LMTP      localhost:$LMTP_PORT, to put mails into mailboxes
users     ada@example.test bob@example.test carol@example.test, password: secret
bounces   any other name at example.test or partner.test
trust     byo.connection.trusted-certificates=$directory/ca/ca.pem
logs      $directory/dovecot/server.log $directory/postfix/server.log
TEXT

if [ $mode = background ]; then
  trap - EXIT
  exit
fi
echo 'Ctrl-C ends both.'
sleep infinity &
trap 'kill $! && exit 0' INT TERM
wait
