"""What a measurement needs of the machine, and one clear sentence when it is not there."""

import os
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Debian keeps servers where an ordinary user's PATH does not look.
SEARCH_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
PACKAGES = {name: name for name in ("chromium", "nginx", "redis-server", "wrk")}
CROWDED = 0.3


class CannotMeasure(Exception):
    """Something that a measurement needs is missing; the message says what and what to do."""


def require_tools(commands: Collection[str]) -> None:
    """Install what is missing if we are root, else refuse with one sentence."""
    missing = [name for name in commands if find(name) is None]
    if not missing:
        return
    packages = [PACKAGES[name] for name in missing]
    subprocess.run([ROOT / "deploy/bootstrap/tools.sh", *packages], check=False)
    missing = [PACKAGES[name] for name in missing if find(name) is None]
    if missing:
        raise CannotMeasure(
            f"Missing on this machine: {', '.join(missing)}. Run `make bench` as root to have it "
            f"installed, or install it yourself: apt install {' '.join(missing)}"
        )


def find(command: str) -> str | None:
    return shutil.which(command, path=SEARCH_PATH)


def need(command: str) -> str:
    found = find(command)
    if found is None:
        raise CannotMeasure(f"{command} is missing on this machine.")
    return found


def crowded() -> str:
    """A warning when other programs are at work, else nothing."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load <= CROWDED * cores:
        return ""
    return (
        f"Other programs are at work on this machine (load {load:.1f} on {cores} cores): "
        "both sides suffer from them, and the spread grows."
    )
