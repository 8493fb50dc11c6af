#!/usr/bin/env bash
# Runs a Sendmail of its own in a directory; common.sh describes the verbs. Settings of `prepare`:
# SMTP_PORT LMTP_PORT and CLOSED_PORT, where nobody listens.
# Sendmail wants the machine to have a full name, so it gets a name of its own (unshare --uts).
set -euo pipefail
source "$(dirname "$0")/common.sh"
pid_file=$directory/sendmail.pid
daemon=sendmail
SENDMAIL=$unpacked/sendmail-bin/usr/libexec/sendmail/sendmail
[ "$(id -u)" = 0 ] || fail "Sendmail can only be started by root"

prepare() {
  DIR=$directory
  CF=$unpacked/sendmail-cf/usr/share/sendmail/cf
  (umask 077 && mkdir -p "$directory/queue")
  chmod 755 "$directory"
  touch "$directory/helpfile"
  printf 'hosts files\naliases files\n' >"$directory/service.switch"
  render sendmail.mc "$directory/sendmail.mc"
  # It warns that such a server is an open relay, which it is, on loopback.
  "$unpacked/m4/usr/bin/m4" "$directory/sendmail.mc" >"$directory/sendmail.cf" 2>"$directory/m4.log" ||
    { cat "$directory/m4.log" >&2 && fail "m4 failed"; }
}

start() {
  unshare --uts sh -c 'hostname mail.example.test && exec "$@"' sh \
    "$SENDMAIL" -C "$directory/sendmail.cf" -bd -q1s -X "$directory/server.log" </dev/null
  # It listens once its pid file is there.
  local left=200
  until running >/dev/null; do
    [ $((left -= 1)) -gt 0 ] || fail "it does not start"
    sleep 0.05
  done
}

"$verb"
