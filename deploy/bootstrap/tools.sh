#!/bin/sh
# Installs the Debian packages named in $@ whose command is missing, if root; else says what is left
# out. It never fails: the caller knows whether it can go on without them.
set -u

command_of() {
    case $1 in
        gettext) echo xgettext ;;
        poppler-utils) echo pdftotext ;;
        postgresql) echo pg_ctlcluster ;;
        *) echo "$1" ;;
    esac
}

missing=""
for package in "$@"; do
    PATH="$PATH:/usr/sbin" command -v "$(command_of "$package")" >/dev/null 2>&1 ||
        missing="$missing $package"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$missing …"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # one word for each package
    (apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing) >/dev/null ||
        echo "Could not install:$missing" >&2
else
    echo "Not on this machine, and only root can install:$missing" >&2
fi
exit 0
