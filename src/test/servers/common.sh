# What the scripts that run a server have in common. Each has the verbs
#
#   prepare DIR   writes the configuration into DIR, from the settings in the environment
#   start DIR     starts the server and returns when it listens
#   stop DIR      stops it, by its own pid file, and returns when it has ended
#   guard DIR     waits for the end of its standard input, then stops the server and deletes DIR:
#                 the servers of a test run end with it, however it ends

PATH=$PATH:/usr/sbin:/sbin
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(basename "$0" .sh)

# Where install.sh unpacks servers that cannot be installed beside Postfix.
unpacked=${BYO_TEST_SERVERS:-/opt/byo-test-servers}

fail() {
  echo "$program.sh: $*" >&2
  exit 1
}

# Needs the variables it names; writes the template $1 to $2.
render() {
  local text name
  text=$(cat "$here/$1")
  for name in $(grep -o '@[A-Z_]*@' "$here/$1" | sort -u | tr -d @); do
    [ -n "${!name:-}" ] || fail "$name is not set"
    text=${text//@$name@/"${!name}"}
  done
  printf '%s\n' "$text" >"$2"
}

# Prints the process id in the pid file where that process is this server and alive. A dead process
# that its parent has not collected yet is not.
running() {
  local pid status
  pid=$(head -n 1 "$pid_file" 2>/dev/null | tr -d ' ')
  [ -n "$pid" ] && status=$(cat "/proc/$pid/stat" 2>/dev/null) || return 1
  [[ $status == *"($daemon) "[!ZX]* ]] && echo "$pid"
}

stop() {
  local pid left=100
  pid=$(running) || return 0
  kill -TERM "$pid"
  while running >/dev/null; do
    if [ $((left -= 1)) -eq 0 ]; then
      kill -KILL "$pid"
    fi
    sleep 0.05
  done
}

guard() {
  # An interrupt of the test run goes to its process group; this must outlive it.
  trap '' INT HUP
  cat >/dev/null
  stop
  # Its last children may still write.
  rm -rf "$directory" || { sleep 1 && rm -rf "$directory"; }
}

verb=${1:-}
directory=${2:-}
case $verb in
  prepare | start | stop | guard) [ -n "$directory" ] || fail "no directory given" ;;
  *) fail "usage: $program.sh prepare|start|stop|guard DIR" ;;
esac
