#!/usr/bin/env bash
# Installs what the tests need besides a JDK: Dovecot, Cyrus and Postfix (run by the tests as instances of
# their own), Chromium for the console's tests, Proton for the AMQP client in ../clients, Erlang for RabbitMQ,
# PostgreSQL with pg_dump, and what the generated clients there need: Python's packages, and those of the npm registry where Node.js is.
# Exim and Sendmail cannot be installed beside Postfix, nor Cyrus beside Dovecot: they are unpacked into a
# folder, as RabbitMQ, Prometheus and clamd with its libraries are, whose packages would start a service.
#
#   bash src/test/servers/install.sh
#
# Needs Debian 12 and root. Does nothing, and asks no package archive, when all is there already.
# Leaves no system-wide mail server running.
set -euo pipefail

PACKAGES=(dovecot-imapd dovecot-lmtpd postfix chromium python3-qpid-proton python3-dkim python3-nacl libsasl2-modules openssl cyrus-common sasl2-bin libsasl2-modules-db libidn12 python3-urllib3 python3-pydantic python3-dateutil
  erlang-base erlang-crypto erlang-eldap erlang-inets erlang-mnesia erlang-os-mon erlang-parsetools erlang-public-key
  erlang-runtime-tools erlang-ssl erlang-syntax-tools erlang-tools erlang-xmerl postgresql)
UNPACKED=(exim4-daemon-light sendmail-bin sendmail-cf m4 cyrus-imapd prometheus rabbitmq-server clamav-daemon libclamav12 libmspack0)
FOLDER=${BYO_TEST_SERVERS:-/opt/byo-test-servers}
POLICY=/usr/sbin/policy-rc.d

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Where Node.js is: what makes a client in TypeScript. Installed again when the list of packages has changed.
clients=$(dirname "$(realpath "$0")")/../clients/generated
if command -v npm >/dev/null && ! cmp -s "$clients/package-lock.json" "$FOLDER/node-clients/package-lock.json"; then
  echo "install.sh: installing the packages of src/test/clients/generated"
  rm -rf "$FOLDER/node-clients" "$FOLDER/node-clients.part"
  mkdir -p "$FOLDER/node-clients.part"
  cp "$clients"/package.json "$clients"/package-lock.json "$FOLDER/node-clients.part"
  (cd "$FOLDER/node-clients.part" && npm ci --ignore-scripts --no-audit --no-fund --silent </dev/null) ||
    fail "npm ci failed in $FOLDER/node-clients.part"
  mv "$FOLDER/node-clients.part" "$FOLDER/node-clients"
fi

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${PACKAGES[@]}"; do
    installed "$package" || missing+=("$package")
  done
else
  missing=("${PACKAGES[@]}")
fi
folded=()
for package in "${UNPACKED[@]}"; do
  [ -d "$FOLDER/$package" ] || folded+=("$package")
done
[ ${#missing[@]} -gt 0 ] || [ ${#folded[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null ||
  fail "this is not a Debian system; lacking, to be installed by hand: ${missing[*]} ${folded[*]}"
[ "$(id -u)" = 0 ] || fail "not root; run as root: apt-get install ${missing[*]} ${folded[*]}"

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
echo "install.sh: installing ${missing[*]} ${folded[*]}"
apt-get -qq update </dev/null || fail "apt-get update failed; lacking: ${missing[*]} ${folded[*]}"
[ ${#missing[@]} -eq 0 ] ||
  apt-get -qq install --yes --no-install-recommends "${missing[@]}" </dev/null ||
  fail "apt-get install failed; lacking: ${missing[*]}"

if [ ${#folded[@]} -gt 0 ]; then
  # Exim drops to this user, whose name is compiled in.
  id Debian-exim >/dev/null 2>&1 || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin Debian-exim
  packages=$(mktemp -d)
  chmod 755 "$packages"
  (cd "$packages" && apt-get -qq download "${folded[@]}" </dev/null 2>/dev/null) ||
    fail "apt-get download failed; lacking: ${folded[*]}"
  for package in "${folded[@]}"; do
    mkdir -p "$FOLDER/$package.part"
    dpkg-deb --extract "$packages/${package}"_*.deb "$FOLDER/$package.part"
    mv "$FOLDER/$package.part" "$FOLDER/$package"
  done
  rm -rf "$packages"
fi

# Not at the next boot either; a server that was there before is left as it was.
if [ -d /run/systemd/system ]; then
  for package in "${missing[@]}"; do
    case $package in
      dovecot-imapd) systemctl --quiet disable --now dovecot.service dovecot.socket || true ;;
      cyrus-common) systemctl --quiet disable --now cyrus-imapd.service || true ;;
      erlang-base) systemctl --quiet disable --now epmd.service epmd.socket || true ;;
      sasl2-bin) systemctl --quiet disable --now saslauthd.service || true ;;
      postfix) systemctl --quiet disable --now postfix.service || true ;;
    esac
  done
fi
