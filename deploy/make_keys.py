"""Print fresh keys for a new installation. An existing one keeps the keys it has."""

import secrets
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.keys import fresh_keys


def main() -> None:
    keys = {**fresh_keys(), "REFRESH_SECRET": secrets.token_urlsafe(32)}
    for name, value in keys.items():
        print(f"{name}={value}")


if __name__ == "__main__":
    main()
