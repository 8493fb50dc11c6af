#!/usr/bin/env bash
# Runs a Dovecot 2.3 of its own in a directory; common.sh describes the verbs. Settings of `prepare`:
# IMAP_PORT IMAPS_PORT LMTP_PORT AUTH_PORT CERTIFICATE KEY and STORAGE (maildir or sdbox); TOKEN_PORT
# (10026) where an authorization server answers POST /introspect (RFC 7662).
# A user is a file DIR/users/ADDRESS, in lower case, with the line `ADDRESS:PASSWORD:UID:::::`. UID is
# any number above 0 when run by root, else empty. Many idle mailboxes need one each: Linux grants a
# user 128 watchers (fs.inotify.max_user_instances), and what has none learns of a mail after 30 s.
# Without root everything runs as the present user.
set -euo pipefail
source "$(dirname "$0")/common.sh"
pid_file=$directory/run/master.pid
daemon=dovecot

prepare() {
  case $(dovecot --version) in
    2.3.*) ;;
    *) fail "dovecot.conf is written for Dovecot 2.3; here is $(dovecot --version)" ;;
  esac
  if [ "$(id -u)" = 0 ]; then
    INTERNAL_USER=dovecot INTERNAL_GROUP=dovecot LOGIN_USER=dovenull MAIL_USER=nobody
    MAIL_GROUP=$(id -gn nobody)
  else
    INTERNAL_USER=$(id -un) INTERNAL_GROUP=$(id -gn) LOGIN_USER=$(id -un) MAIL_USER=$(id -un)
    MAIL_GROUP=$(id -gn)
  fi
  DIR=$directory
  mkdir -p "$directory/mail" "$directory/users"
  chmod 755 "$directory"
  chmod 1777 "$directory/mail"
  TOKEN_PORT=${TOKEN_PORT:-10026}
  render dovecot.conf "$directory/dovecot.conf"
  render dovecot-oauth2.conf "$directory/dovecot-oauth2.conf"
}

start() {
  # The master's own sanity check asks for as many descriptors as connections are allowed.
  ulimit -n "$(ulimit -Hn)"
  dovecot -c "$directory/dovecot.conf" </dev/null
}

"$verb"
