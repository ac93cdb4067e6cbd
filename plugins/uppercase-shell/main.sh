#!/bin/sh
# The bare protocol in POSIX shell: the letters a to z in capitals. Payload goes through a file, never through a
# variable, which can't hold the byte 0.

LC_ALL=C
export LC_ALL
piece=$(mktemp) || exit 1
trap 'rm -f "$piece"' EXIT
trap 'exit 1' HUP INT PIPE TERM

# byte N: one byte. header LENGTH BIT: four of them, little-endian.
byte() { printf "\\$(printf %03o "$1")"; }
header() {
  byte $(($1 % 256)); byte $(($1 / 256 % 256)); byte $(($1 / 65536 % 256)); byte $(($1 / 16777216 + $2))
}

fail() {
  said="{\"type\":\"error\",\"code\":\"$1\",\"message\":\"$2\",\"fatal\":true}"
  header ${#said} 128
  printf %s "$said"
  exit 1
}

# Reads a header into $length and $control. Fails at the end of the input. Byte by byte, as a pipe may give fewer than
# were asked for, and "head -c" takes more than that on some systems.
next() {
  set -- $(dd bs=1 count=4 2>/dev/null | od -An -tu1)
  [ $# -eq 0 ] && return 1
  [ $# -eq 4 ] || exit 1
  control=$(($4 / 128))
  length=$(($1 + $2 * 256 + $3 * 65536 + $4 % 128 * 16777216))
  [ "$length" -le 8388608 ] || fail BAD_FRAME "A frame over the limit was announced."
}

# Hands on the $length bytes of a frame in whatever pieces arrive. One read, so it takes no more than the frame has.
content() {
  while [ "$length" -gt 0 ]; do
    dd bs=$((length < 65536 ? length : 65536)) count=1 2>/dev/null >"$piece"
    size=$(($(wc -c <"$piece")))
    [ "$size" -gt 0 ] || exit 1
    length=$((length - size))
    if [ "$1" = upper ]; then
      header "$size" 0
      tr abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ <"$piece"
    fi
  done
}

next || exit 1
content drop # the handshake: this plugin has no options to look up in it
while next; do
  if [ "$control" -eq 0 ]; then content upper; else content drop; fi
done
exit 0
