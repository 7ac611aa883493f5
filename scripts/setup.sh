#!/usr/bin/env bash
# Makes the virtual environment and installs from a hashed lock.
#   scripts/setup.sh run|dev VENV      (dev: also the tests' tools and what a real keyring needs)
# As root on Debian it installs missing system packages; otherwise it prints the one command that does.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?run or dev}
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

if [ "$kind" = dev ] && [ "$(uname -s)" = Linux ]; then
    if ! command -v dbus-run-session >/dev/null || ! command -v gnome-keyring-daemon >/dev/null; then
        install_packages dbus gnome-keyring || say "Going on without: the tests of a real keyring will be left out."
    fi
fi

lock=requirements.lock
[ "$kind" = dev ] && lock=requirements-dev.lock
say "Installing from $lock."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
# What is in requirements.lock is in requirements-dev.lock too.
touch "$venv/.installed-run"
if [ "$kind" = dev ]; then touch "$venv/.installed-dev"; fi
