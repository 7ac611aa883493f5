#!/usr/bin/env bash
# Makes the virtual environment and installs from a hashed lock.
#   scripts/setup.sh run|dev|pictures VENV
#       dev: also the tests' tools and what a real keyring needs; pictures: also a screen, its manager and a hand
# As root on Debian it installs missing system packages; otherwise it prints the one command that does.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?run, dev or pictures}
venv=${2:?the folder of the virtual environment}

say() { printf '%s\n' "$*" >&2; }

supported() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        supported "$PYTHON" || { say "PYTHON=$PYTHON is not a working Python 3.11, 3.12 or 3.13."; return 2; }
        printf '%s\n' "$PYTHON"
        return 0
    fi
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if supported "$candidate"; then printf '%s\n' "$candidate"; return 0; fi
    done
    return 1
}

# install_packages PACKAGE...: 0 when they are there afterwards, 1 when a person has to do it.
install_packages() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing system packages: $*"
        if DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2; then
            return 0
        fi
    fi
    say "System packages are missing. On Debian or Ubuntu this installs them:"
    say "    sudo apt-get install -y --no-install-recommends $*"
    return 1
}

python=$(find_python) || {
    [ $? = 2 ] && exit 1
    install_packages python3 python3-venv || { say "Then run this again. (Python 3.11, 3.12 or 3.13.)"; exit 1; }
    python=$(find_python) || { say "This system's python3 is not 3.11, 3.12 or 3.13; set PYTHON to one that is."; exit 1; }
}

# An environment of another Python than the one asked for, or one whose Python went away, is made anew.
if [ -e "$venv/bin/python" ] || [ -L "$venv/bin/python" ]; then
    version='import sys; print(sys.version_info[:2])'
    if ! supported "$venv/bin/python" ||
        { [ -n "${PYTHON:-}" ] && [ "$("$venv/bin/python" -c "$version")" != "$("$python" -c "$version")" ]; }; then
        say "Making $venv anew for $("$python" -V)."
        rm -rf "$venv"
    fi
fi
if [ ! -x "$venv/bin/pip" ]; then
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        short=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        install_packages "python$short-venv" || { say "Then run this again."; exit 1; }
    fi
    say "Making $venv with $("$python" -V)."
    "$python" -m venv "$venv"
fi

# What Qt loads when it opens a window: the library, and the package that brings it.
WINDOW_LIBRARIES="libglib-2.0.so.0:libglib2.0-0 libGL.so.1:libgl1 libEGL.so.1:libegl1 libxkbcommon.so.0:libxkbcommon0
    libfreetype.so.6:libfreetype6 libfontconfig.so.1:libfontconfig1 libdbus-1.so.3:libdbus-1-3
    libxcb-cursor.so.0:libxcb-cursor0 libxcb-icccm.so.4:libxcb-icccm4 libxcb-keysyms.so.1:libxcb-keysyms1
    libxcb-image.so.0:libxcb-image0 libxcb-render-util.so.0:libxcb-render-util0 libxcb-shape.so.0:libxcb-shape0
    libxcb-xkb.so.1:libxcb-xkb1 libxkbcommon-x11.so.0:libxkbcommon-x11-0"

if [ "$(uname -s)" = Linux ]; then
    missing=""
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
    for pair in $WINDOW_LIBRARIES; do
        case "$known" in *"${pair%%:*} "*) ;; *) missing="$missing ${pair##*:}" ;; esac
    done
    if [ "$kind" != run ]; then
        command -v dbus-run-session >/dev/null || missing="$missing dbus"
        command -v gnome-keyring-daemon >/dev/null || missing="$missing gnome-keyring"
    fi
    if [ "$kind" = pictures ]; then
        command -v Xvfb >/dev/null || missing="$missing xvfb xauth"
        command -v openbox >/dev/null || missing="$missing openbox"
        command -v xdotool >/dev/null || missing="$missing xdotool"
        command -v import >/dev/null || missing="$missing imagemagick"
    fi
    if [ -n "$missing" ]; then
        # shellcheck disable=SC2086 - a list of packages
        install_packages $missing || say "Going on without: a window, or the tests that need them, will not work."
    fi
fi

lock=requirements.lock
[ "$kind" = run ] || lock=requirements-dev.lock
say "Installing from $lock."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
# What is in requirements.lock is in requirements-dev.lock too.
touch "$venv/.installed-run"
if [ "$kind" != run ]; then touch "$venv/.installed-dev"; fi
if [ "$kind" = pictures ]; then touch "$venv/.installed-pictures"; fi
