#!/usr/bin/env bash
# Runs an Exim of its own in a directory; common.sh describes the verbs. Settings of `prepare`:
# SMTP_PORT LMTP_PORT and CLOSED_PORT, where nobody listens.
# Started as root, it works as its own user Debian-exim.
set -euo pipefail
source "$(dirname "$0")/common.sh"
pid_file=$directory/exim.pid
daemon=exim4
EXIM=$unpacked/exim4-daemon-light/usr/sbin/exim4
[ "$(id -u)" = 0 ] || fail "Exim can only be started by root"

prepare() {
  DIR=$directory
  render exim.conf "$directory/exim.conf"
  mkdir -p "$directory/spool"
  ln -sf main.log "$directory/server.log"
  chmod 755 "$directory"
  chown Debian-exim "$directory" "$directory/spool"
}

start() {
  "$EXIM" -C "$directory/exim.conf" -bd -q1s </dev/null
}

"$verb"
