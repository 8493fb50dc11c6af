#!/usr/bin/env bash
# Runs a Postfix of its own in a directory; common.sh describes the verbs. Settings of `prepare`:
# SUBMISSION_PORT SMTPS_PORT LMTP_PORT AUTH_PORT CERTIFICATE KEY and DOMAINS; STRICT_PORT (10589), which
# greylists as the policy service at POLICY_PORT (10590) says; BOXES, where Dovecot keeps the mailboxes of
# boxes.test, whose user has the id BOXES_UID.
# Postfix runs as root only.
set -euo pipefail
source "$(dirname "$0")/common.sh"
pid_file=$directory/queue/pid/master.pid
daemon=master
[ "$(id -u)" = 0 ] || fail "Postfix can only be started by root"

prepare() {
  DIR=$directory
  STRICT_PORT=${STRICT_PORT:-10589}
  POLICY_PORT=${POLICY_PORT:-10590}
  BOXES=${BOXES:-$directory/boxes}
  BOXES_UID=${BOXES_UID:-19999}
  BOXES_GID=$(id -g nobody)
  CHAIN=$directory/server.pem
  mkdir -p "$directory/conf" "$directory/queue" "$directory/data"
  chmod 755 "$directory"
  chown postfix "$directory/data"
  (umask 077 && cat "$KEY" "$CERTIFICATE" >"$CHAIN")
  render postfix-main.cf "$directory/conf/main.cf"
  render postfix-master.cf "$directory/conf/master.cf"
  # The mailboxes of boxes.test: a line of ADDRESS ADDRESS/mail/ each, then postmap.
  : >"$directory/conf/boxes"
  postmap -c "$directory/conf" "hash:$directory/conf/boxes"
}

start() {
  postfix -c "$directory/conf" start </dev/null
}

"$verb"
