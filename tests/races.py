"""Races with real connections. Each one has a twin that fails when the guard is off."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="a race needs real connections (PostgreSQL)"
)


def run_at_once(jobs: list[Callable[[], Any]], *, timeout: float = 30) -> list[Any]:
    """Start every job at the same moment on a connection of its own; results or exceptions."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def work(number: int) -> None:
        try:
            gate.wait(timeout)
            results[number] = jobs[number]()
        except BaseException as error:  # the caller looks at it
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    assert not any(thread.is_alive() for thread in threads), "a job did not end"
    return results
