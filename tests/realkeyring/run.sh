#!/usr/bin/env bash
# Runs a command in a private D-Bus session with an unlocked gnome-keyring and a home of its own:
#   tests/realkeyring/run.sh COMMAND...
# Everything it starts is ended by its process id, also when the command fails or is interrupted.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
    for tool in dbus-run-session gnome-keyring-daemon; do
        if ! command -v "$tool" >/dev/null; then
            echo "NOT RUN: the tests of a real keyring need $tool (apt-get install dbus gnome-keyring)." >&2
            exit 0
        fi
    done
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    mkdir -m 700 "$home/run" "$home/data"
    env -u DISPLAY -u WAYLAND_DISPLAY -u PYTHON_KEYRING_BACKEND \
        HOME="$home" XDG_DATA_HOME="$home/data" XDG_RUNTIME_DIR="$home/run" CENTAUR_PRIVATE_SESSION=yes \
        dbus-run-session --config-file="$(dirname "$0")/bus.conf" -- "$0" --inside "$@"
    exit
fi
shift

# In the foreground of a background job: so its process id is known. The password is `test`, without a newline.
printf test | gnome-keyring-daemon --foreground --unlock --components=secrets >"$HOME/keyring.log" 2>&1 &
daemon=$!
trap 'kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true' EXIT

ready() {
    dbus-send --session --print-reply --reply-timeout=1000 --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true'
}
for _ in $(seq 100); do
    if ready; then break; fi
    sleep 0.1
done
ready || { echo "gnome-keyring did not start:" >&2; cat "$HOME/keyring.log" >&2; exit 1; }
"$@"
