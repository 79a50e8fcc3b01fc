#!/bin/sh
# Starts a browser whose processes may hold 1 GiB of data each: a page that fills memory ends its own process.
ulimit -d 1048576
exec "$NEWSBOT_BROWSER" "$@"
