#!/usr/bin/env bash
# Runs a Cyrus IMAP server of its own in a directory, by root; common.sh describes the verbs. Settings
# of `prepare`: IMAP_PORT IMAPS_PORT LMTP_PORT CERTIFICATE KEY. One verb more, `user DIR NAME PASSWORD`,
# makes NAME@example.test known; the mailbox comes with the first mail.
set -euo pipefail
if [ "${1:-}" = user ]; then
  # Cyrus looks for users of its default domain in the realm of its own name.
  printf '%s\n' "$4" | /usr/sbin/saslpasswd2 -p -c -f "$2/sasldb" -u mail.example.test "$3"
  chown cyrus:mail "$2/sasldb"
  exit
fi
source "$(dirname "$0")/common.sh"
pid_file=$directory/master.pid
daemon=cyrmaster

prepare() {
  [ "$(id -u)" = 0 ] || fail "Cyrus changes its user, which only root can do"
  DIR=$directory
  PROGRAMS=$unpacked/cyrus-imapd/usr/lib/cyrus/bin
  CERTIFICATE_COPY=$directory/server.pem KEY_COPY=$directory/server.key
  mkdir -p "$directory/lib" "$directory/mail" "$directory/run/proc" "$directory/run/lock"
  cp "$CERTIFICATE" "$CERTIFICATE_COPY"
  cp "$KEY" "$KEY_COPY"
  render cyrus-imapd.conf "$directory/imapd.conf"
  render cyrus.conf "$directory/cyrus.conf"
  echo "$IMAP_PORT $IMAPS_PORT $LMTP_PORT" >"$directory/ports"
  chmod 755 "$directory"
  chown -R cyrus:mail "$directory"
  chmod 600 "$KEY_COPY"
  su -s /bin/sh cyrus -c "/usr/lib/cyrus/bin/makedirs -C $directory/imapd.conf" >/dev/null 2>&1 ||
    true
}

start() {
  local left=200
  "$(command -v cyrmaster || echo /usr/sbin/cyrmaster)" -C "$directory/imapd.conf" \
    -M "$directory/cyrus.conf" -p "$pid_file" -d </dev/null
  until running >/dev/null && listening; do
    [ $((left -= 1)) -gt 0 ] || fail "it does not start"
    sleep 0.1
  done
}

# The master writes its process id before it listens.
listening() {
  local port
  for port in $(cat "$directory/ports"); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 1
  done
}

"$verb"
