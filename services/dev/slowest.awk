# Reads what ctest prints and passes it on. Before ctest's closing lines it lists the ten tests that
# took longest.
/^[0-9]+% tests passed/ { closing = 1 }
closing { end = end $0 "\n"; next }
{ print; fflush() }
match($0, /(Passed|\*\*\*[A-Za-z ]+) +[0-9.]+ sec/) {
  name = $0
  sub(/^.*Test +#[0-9]+: /, "", name)
  sub(/ \.\.+.*$/, "", name)
  sub(/ +\*\*\*.*$/, "", name)
  seconds[name] = $(NF - 1)
}
END {
  if (length(end) > 0) print "The slowest tests:"
  for (place = 1; place <= 10; place++) {
    slowest = ""
    for (name in seconds)
      if (slowest == "" || seconds[name] + 0 > seconds[slowest] + 0) slowest = name
    if (slowest == "") break
    printf "%8.1f s  %s\n", seconds[slowest], slowest
    delete seconds[slowest]
  }
  printf "\n%s", end
}
