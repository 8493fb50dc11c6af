#!/usr/bin/env bash
# Hands a submission to the gateway's broker over STOMP 1.2, with nothing but bash.
#
#   submit_stomp.sh '{"id": "1", "from": "ada@example.test", ...}'
#   submit_stomp.sh < submission.json
#
# Takes from the environment: BYO_BROKER_PRODUCER_PASSWORD, and where they differ from the defaults
# BYO_BROKER_USER (producer), BYO_BROKER_HOST (127.0.0.1), BYO_BROKER_STOMP_PORT (61613) and
# BYO_BROKER_ADDRESS (email.outbound). Ends with 0 when the broker has sent its receipt, with 1 and
# the broker's ERROR when it has not.
set -euo pipefail
# Lengths in bytes.
export LC_ALL=C

TIMEOUT_SECONDS=20

fail() {
  echo "submit_stomp.sh: $*" >&2
  exit 1
}

# Waits for a frame with the command $1.
expect() {
  local frame
  IFS= read -r -d '' -t "$TIMEOUT_SECONDS" frame <&3 || fail "no $1 from the broker"
  # The line ends between frames are heart-beats.
  while [[ $frame == [$'\r\n']* ]]; do
    frame=${frame:1}
  done
  [ "${frame%%[$'\r\n']*}" = "$1" ] || fail "expected $1, the broker said: $frame"
}

password=${BYO_BROKER_PRODUCER_PASSWORD:?is not set}
host=${BYO_BROKER_HOST:-127.0.0.1}
port=${BYO_BROKER_STOMP_PORT:-61613}
body=${1-$(cat)}

exec 3<>"/dev/tcp/$host/$port" || fail "cannot connect to $host:$port"
printf 'CONNECT\naccept-version:1.2\nhost:%s\nlogin:%s\npasscode:%s\n\n\0' \
  "$host" "${BYO_BROKER_USER:-producer}" "$password" >&3
expect CONNECTED
printf 'SEND\ndestination:%s\ncontent-type:application/json\ncontent-length:%d\npersistent:true\nreceipt:submission\n\n%s\0' \
  "${BYO_BROKER_ADDRESS:-email.outbound}" "${#body}" "$body" >&3
expect RECEIPT
printf 'DISCONNECT\nreceipt:end\n\n\0' >&3
expect RECEIPT
echo accepted
