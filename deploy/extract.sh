#!/usr/bin/env bash
# Takes the jar apart and archives its classes, so that it starts in about half of the time:
#
#   deploy/extract.sh JAR DIR
#
# DIR is made, or is there and empty. Afterwards it holds byo-email.jar, its libraries in lib/, and the
# archive byo-email.jsa, and the gateway is started from within it:
#
#   cd DIR && java -XX:+ExitOnOutOfMemoryError -XX:SharedArchiveFile=byo-email.jsa -jar byo-email.jar
#
# The archive fits the JVM that made it; any other, or another form of this command, goes on without it.
# To make it, the gateway runs once, from start to stop, with everything embedded and the demo's mails:
# with no setting of this environment, in a data folder that is removed, on free ports of loopback.
# As everywhere, the routes are those of BYO_ROUTES_DIR (routes), and PostgreSQL wants no root.
#
# Java is that of JAVA_HOME, else of PATH; beside it, bash and coreutils are enough. Says how to start the
# gateway; a failure says what failed, and leaves nothing behind.
set -euo pipefail

READY_WITHIN=300 # seconds, also on an emulated processor
ANSWERED_WITHIN=10
STOPPED_WITHIN=120
LOG_LINES=40

if [ $# != 2 ]; then
  echo "usage: $0 JAR DIR" >&2
  exit 2
fi
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
routes=$(realpath -- "${BYO_ROUTES_DIR:-routes}")
jar=$1
work=$(mktemp -d)
log=$work/log
pid=

fail() {
  echo "extract.sh: $1" >&2
  if [ -s "$log" ]; then
    echo "The end of its log:" >&2
    tail -n "$LOG_LINES" "$log" >&2
  fi
  exit 1
}

# Succeeds when the gateway has ended within so many seconds.
ended() {
  for ((i = 0; i < $1 * 5; i++)); do
    if ! kill -0 "$pid" 2>/dev/null; then
      pid=
      return 0
    fi
    sleep 0.2
  done
  return 1
}

clean() {
  local status=$?
  if [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null; then
    ended "$STOPPED_WITHIN" || kill -KILL "$pid"
  fi
  rm -rf -- "$work"
  if [ "$status" != 0 ] && [ -n "${dir:-}" ]; then
    rm -rf -- "$dir"/*
  fi
}
trap clean EXIT
trap 'exit 1' INT TERM

mkdir -p -- "$2" 2>"$log" || fail "cannot make $2"
if [ -n "$(ls -A -- "$2")" ]; then
  fail "$2 is not empty"
fi
dir=$(realpath -- "$2")

"$java" -Djarmode=tools -jar "$jar" extract --application-filename byo-email.jar --destination "$dir" \
  >"$log" 2>&1 || fail "cannot take $jar apart"
# A layer of an image that comes from a cache keeps the times of another build, and the archive names them.
touch -d 1980-02-01T00:00:00Z -- "$dir"/lib/*

# Settings of this environment and files beside the jar could name a database that is in use. The run is too short
# for the second compiler, which would take half of its time; the archive holds classes, no compiled code.
cd -- "$dir"
env -i PATH="$PATH" HOME="$work" LANG="${LANG:-}" LC_ALL="${LC_ALL:-}" \
  SPRING_CONFIG_LOCATION=classpath:/ BYO_DATA_DIR="$work/data" BYO_ROUTES_DIR="$routes" BYO_DEMO_ENABLED=true \
  SERVER_ADDRESS=127.0.0.1 SERVER_PORT=0 BYO_BROKER_AMQP_PORT=0 BYO_BROKER_STOMP_PORT=0 \
  "$java" -XX:TieredStopAtLevel=1 -Xlog:cds*=error -XX:ArchiveClassesAtExit=byo-email.jsa -jar byo-email.jar \
  >"$log" 2>&1 </dev/null &
pid=$!

# The demo's mails load what mail needs; the console's URL is said when they are through.
until [[ $(<"$log") =~ Console:\ http://localhost:([0-9]+)/ ]]; do
  ! ended 1 || fail "the gateway ended before it was ready"
  ((SECONDS < READY_WITHIN)) || fail "the gateway was not ready within $READY_WITHIN s"
done
port=${BASH_REMATCH[1]}
[[ $(<"$log") == *"What happened:"* ]] || fail "the demo could not be set up"
answer=
{
  printf 'GET /actuator/health/readiness HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
  IFS= read -r -d '' -t "$ANSWERED_WITHIN" answer <&3 || true # It ends with the connection.
} 3<>"/dev/tcp/127.0.0.1/$port" || fail "the gateway does not listen"
[[ $answer == *'"UP"'* ]] || fail "the gateway does not say that it is ready"

kill -TERM "$pid"
ended "$STOPPED_WITHIN" || fail "the gateway did not stop within $STOPPED_WITHIN s"
[ -s byo-email.jsa ] || fail "the gateway left no archive of its classes"
echo "cd $dir && java -XX:+ExitOnOutOfMemoryError -XX:SharedArchiveFile=byo-email.jsa -jar byo-email.jar"
