"""The three secrets of an installation, made once for those who start with ``make run``."""

import base64
import os
import secrets
from pathlib import Path

HEAD = (
    "# The keys of this portal. Keep a copy in a safe place, apart from backups of the database:\n"
    "# names, numbers and addresses in the database cannot be read without SEALING_KEYS.\n"
)


class KeysLost(Exception):
    """There is a database, but the keys that open it are gone."""


def make_missing_keys(file: Path, *, present: dict[str, bool], database: Path | None) -> bool:
    """Write each key that is not ``present`` to ``file``, readable by its owner alone.

    Return whether anything was written. ``database`` is the embedded database, if that is in use:
    when it exists without a sealing key, new keys would make its people unreadable for ever, and
    ``KeysLost`` is raised instead.
    """
    fresh = {name: value for name, value in fresh_keys().items() if not present[name]}
    if not fresh:
        return False
    sealed = {"SEALING_KEYS", "LOOKUP_KEY"} & fresh.keys()
    if sealed and database is not None and database.exists():
        raise KeysLost(f"{' and '.join(sorted(sealed))}: not in {file}, but {database} exists.")
    file.parent.mkdir(parents=True, exist_ok=True)
    new = not file.exists()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(handle, 0o600)
    with open(handle, "a", encoding="utf-8") as output:
        output.write((HEAD if new else "\n") + "".join(f"{n}={v}\n" for n, v in fresh.items()))
        output.flush()
        os.fsync(output.fileno())
    return True


def fresh_keys() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SEALING_KEYS": f"k1:{random_key()}",
        "LOOKUP_KEY": random_key(),
    }


def random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
