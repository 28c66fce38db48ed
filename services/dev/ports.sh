# Functions for TCP ports on this machine. Source it.

# port_taken PORT: succeeds if a program listens there.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port PREFERRED: prints that port if it is free, otherwise another free one. That one is below
# the range that outgoing connections use.
free_port() {
  local port=$1
  while port_taken "$port"; do port=$((20000 + RANDOM % 10000)); done
  echo "$port"
}
