#!/usr/bin/env bash
# Installs what the tests need besides a JDK: Dovecot and Postfix (run by the tests as instances of
# their own), Chromium for the console's tests, Proton for the AMQP client in ../clients.
#
#   bash src/test/servers/install.sh
#
# Needs Debian 12 and root. Does nothing, and asks no package archive, when all is there already.
# Leaves no system-wide mail server running.
set -euo pipefail

PACKAGES=(dovecot-imapd dovecot-lmtpd postfix chromium python3-qpid-proton libsasl2-modules openssl)
POLICY=/usr/sbin/policy-rc.d

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${PACKAGES[@]}"; do
    installed "$package" || missing+=("$package")
  done
else
  missing=("${PACKAGES[@]}")
fi
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null ||
  fail "this is not a Debian system; lacking, to be installed by hand: ${missing[*]}"
[ "$(id -u)" = 0 ] || fail "not root; run as root: apt-get install ${missing[*]}"

# Packages start their service when they are installed, unless this policy forbids it.
if [ ! -e "$POLICY" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
  trap 'rm -f "$POLICY"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
if [[ " ${missing[*]} " == *" postfix "* ]]; then
  echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
fi
echo "install.sh: installing ${missing[*]}"
apt-get -qq update </dev/null || fail "apt-get update failed; lacking: ${missing[*]}"
apt-get -qq install --yes --no-install-recommends "${missing[@]}" </dev/null ||
  fail "apt-get install failed; lacking: ${missing[*]}"

# Not at the next boot either; a server that was there before is left as it was.
if [ -d /run/systemd/system ]; then
  for package in "${missing[@]}"; do
    case $package in
      dovecot-imapd) systemctl --quiet disable --now dovecot.service dovecot.socket || true ;;
      postfix) systemctl --quiet disable --now postfix.service || true ;;
    esac
  done
fi
