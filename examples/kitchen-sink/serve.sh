#!/bin/sh
# Answers one HTTP request on standard input and output; systemd starts it for each connection.
while read -r line && [ "$line" != "$(printf '\r')" ]; do :; done
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %s\r\n\r\n' "$(wc -c <"$1")"
cat "$1"
