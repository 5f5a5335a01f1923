"""Databases that live as long as one measurement."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.tools import CannotMeasure

DEFAULT_URL = "postgres://portal:portal@127.0.0.1:5432/portal_bench"
# Held while a measurement runs, so that a second one does not drop the first one's databases.
BENCH_LOCK = 7_520_061_899


class Databases:
    """Makes databases beside the one that ``url`` names, and drops all of them at the end."""

    def __init__(self, url: str, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        self.base = url
        self.connection = connection
        self.made: list[str] = []

    def url(self, suffix: str = "") -> str:
        parts = urlsplit(self.base)
        return urlunsplit(parts._replace(path=parts.path + suffix))

    def make(self, suffix: str = "", *, copy_of: str | None = None) -> str:
        """Make a database, empty or as a copy of a suffix's one; return its address."""
        name = _name(self.url(suffix))
        self.drop(suffix)
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if copy_of is not None:
            template = sql.Identifier(_name(self.url(copy_of)))
            statement += sql.SQL(" TEMPLATE {}").format(template)
        else:
            # Names sort the same on every machine.
            statement += sql.SQL(" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        self.connection.execute(statement)
        self.made.append(suffix)
        return self.url(suffix)

    def drop(self, suffix: str = "") -> None:
        name = sql.Identifier(_name(self.url(suffix)))
        self.connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        if suffix in self.made:
            self.made.remove(suffix)

    def version(self) -> str:
        row = self.connection.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else "?"


@contextmanager
def databases() -> Iterator[Databases]:
    url = os.environ.get("BENCH_DATABASE_URL", DEFAULT_URL)
    if "bench" not in _name(url):
        raise CannotMeasure(
            f'BENCH_DATABASE_URL names the database "{_name(url)}". It will be dropped, so its '
            'name must contain the word "bench".'
        )
    with _connect(url) as connection:
        if not connection.execute("SELECT pg_try_advisory_lock(%s)", [BENCH_LOCK]).fetchone()[0]:
            raise CannotMeasure("Another measurement is running on this database server.")
        house = Databases(url, connection)
        try:
            yield house
        finally:
            for suffix in list(house.made):
                house.drop(suffix)


def _connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    address = _at(url, "postgres")
    try:
        return psycopg.connect(address, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        if "authentication failed" in str(error) and os.geteuid() == 0:
            _make_role(url)
            return psycopg.connect(address, autocommit=True, connect_timeout=5)
        parts = urlsplit(url)
        raise CannotMeasure(
            f"PostgreSQL does not let us in at {parts.hostname}:{parts.port or 5432} as "
            f"{parts.username}: {str(error).strip().splitlines()[0]}. Install and start it "
            "(apt install postgresql), or name a role that may create databases in "
            "BENCH_DATABASE_URL."
        ) from None


def _make_role(url: str) -> None:
    """Make the role if there is none. A role that is there keeps its password."""
    parts = urlsplit(url)
    role, password = parts.username or "", parts.password or ""
    if not re.fullmatch(r"[a-z_]+", role) or "'" in password:
        raise CannotMeasure("The role in BENCH_DATABASE_URL needs a name of small letters.")
    known = _as_postgres(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'")
    if known.strip() == "1":
        raise CannotMeasure(
            f'PostgreSQL has a role "{role}" with another password than BENCH_DATABASE_URL says.'
        )
    _as_postgres(f"CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{password}'")


def _as_postgres(statement: str) -> str:
    done = subprocess.run(
        ["su", "postgres", "-c", "psql --no-psqlrc --quiet --tuples-only --no-align"],
        input=statement,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"The database role could not be made: {done.stderr.strip()}")
    return done.stdout


def _at(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")
