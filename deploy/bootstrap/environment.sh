#!/bin/sh
# Finds a Python that is new enough and lets environment.py fill .venv from the lock file named in $1.
set -eu

here=$(dirname "$0")
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$python" -c "$new_enough" 2>/dev/null; then
        exec "$python" "$here/environment.py" "$1" ${PYTHON:+--chosen}
    fi
done

python=${PYTHON:-python3}
found=$("$python" --version 2>/dev/null) || found="not there"
echo "The portal needs Python 3.11 or newer, and $python is $found." \
    "Install a newer one, or name it: make run PYTHON=/path/to/python3.11" >&2
exit 1
