"""Make .venv and install what a lock file names. Called by environment.sh.

Debian and Ubuntu split ``ensurepip`` off into a package that an ordinary user cannot install, so
the environment is made without it and pip comes from the wheel beside this file.
"""

import argparse
import filecmp
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP_WHEEL = Path(__file__).with_name("pip-26.3-py3-none-any.whl")
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
NEEDED_MB = 700

DISK_FULL = (
    "The disk is full: the installation needs about {needed} MB in {place}. "
    "Free some space and run the command again."
)
UNREACHABLE = (
    "The package index could not be reached. Check the network connection (or the proxy) "
    "and run the command again: what has arrived is kept."
)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("lock", type=Path)
    arguments.add_argument("--chosen", action="store_true", help="PYTHON= was given by hand")
    options = arguments.parse_args()

    if not is_usable(chosen=options.chosen):
        make_environment()
    lock = ROOT / options.lock
    installed = VENV / f"installed-{lock.name}"
    if not (installed.exists() and filecmp.cmp(lock, installed, shallow=False)):
        install(lock)
        shutil.copyfile(lock, installed)


def is_usable(*, chosen: bool) -> bool:
    """An environment whose Python is gone, too old or not the chosen one is made anew."""
    ask = [str(PYTHON), "-c", "import pip, sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    version = tuple(map(int, answer.split()))
    return version == sys.version_info[:2] if chosen else version >= (3, 11)


def make_environment() -> None:
    if hashlib.sha256(PIP_WHEEL.read_bytes()).hexdigest() != PIP_SHA256:
        sys.exit(f"{PIP_WHEEL.relative_to(ROOT)} is damaged: check it out again.")
    if shutil.disk_usage(ROOT).free < NEEDED_MB * 1024 * 1024:
        sys.exit(DISK_FULL.format(needed=NEEDED_MB, place=ROOT))
    print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
    try:
        import venv

        venv.EnvBuilder(with_pip=False, clear=True, symlinks=True).create(VENV)
    except ImportError:
        sys.exit(
            f"{sys.executable} has no venv module: name another with PYTHON=/path/to/python3.11"
        )
    except OSError as problem:
        sys.exit(f"{VENV} cannot be made: {problem.strerror}.")
    pip = [str(PYTHON), f"{PIP_WHEEL}/pip", "install", "--no-index", "--no-deps", "--quiet"]
    subprocess.run([*pip, str(PIP_WHEEL)], check=True)


def install(lock: Path) -> None:
    """Install exactly the lock's versions, each against its hash, and show how far it is."""
    total = len(re.findall(r"^[\w.\[\]-]+==", lock.read_text(), flags=re.MULTILINE))
    print(f"Installing {total} packages from {lock.name} …", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"]
    # Wheels alone: a fresh machine has no compiler, and a build step is not covered by a hash.
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--progress-bar", "off"]
    # A relative path keeps pip's "(from -r …)" short and free of the installer's home folder.
    command += ["-r", os.path.relpath(lock, ROOT)]
    pip = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert pip.stdout is not None
    last_words = show_progress(pip.stdout, total)
    if pip.wait() != 0:
        sys.exit(explain(last_words))


def show_progress(lines: Iterable[str], total: int) -> "deque[str]":
    """Count packages as they arrive; return the last lines, in case they explain a failure."""
    last_words: deque[str] = deque(maxlen=12)
    on_terminal = sys.stdout.isatty()
    arrived = 0
    for line in lines:
        last_words.append(line.rstrip())
        found = re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line)
        if found:
            arrived += 1
            if on_terminal:
                print(f"\r  {arrived}/{total} {found[1]:<40.40}", end="", flush=True)
            elif arrived % 10 == 0:
                print(f"  {arrived}/{total}", flush=True)
        elif line.startswith("Installing collected packages"):
            print("\r  unpacking …".ljust(52) if on_terminal else "  unpacking …", flush=True)
    return last_words


def explain(last_words: "deque[str]") -> str:
    text = "\n".join(last_words)
    if "No space left on device" in text:
        return DISK_FULL.format(needed=NEEDED_MB, place=ROOT)
    if re.search(r"NewConnectionError|Name or service|Connection refused|ReadTimeout", text):
        return UNREACHABLE
    return f"{text}\n\nThe installation stopped; the lines above say why."


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the command again to go on.")
