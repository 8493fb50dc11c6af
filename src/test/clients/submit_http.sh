#!/usr/bin/env bash
# Hands a submission to the gateway over HTTP, with curl.
#
#   submit_http.sh '{"id": "1", "from": "ada@example.test", ...}'
#   submit_http.sh < submission.json
#
# Takes from the environment: BYO_API_KEY, and where it differs from the default BYO_API_URL
# (http://127.0.0.1:8080/api/v1). Prints the answer. Ends with 0 when the gateway has accepted the
# submission, now or before, and with 1 when it has not. A try that got no answer is made again: with
# an id in it, a submission is sent once however often it is handed in.
set -euo pipefail

key=${BYO_API_KEY:?is not set}
url=${BYO_API_URL:-http://127.0.0.1:8080/api/v1}

# The key goes by a file of curl's, and not as an argument that every user of the machine can read.
answer=$(printf '%s' "${1-$(cat)}" | curl --silent --show-error --max-time 60 \
  --retry 3 --retry-connrefused --write-out '\n%{http_code}' \
  --config <(printf 'header = "Authorization: Bearer %s"\n' "$key") \
  --header 'Content-Type: application/json' --data-binary @- "$url/messages") || {
  echo "submit_http.sh: no answer of $url" >&2
  exit 1
}
echo "${answer%$'\n'*}"
case ${answer##*$'\n'} in
  200 | 202) ;;
  *)
    echo "submit_http.sh: refused with ${answer##*$'\n'}" >&2
    exit 1
    ;;
esac
