"""Bare committed inserts: ``python -m bench.bare URL CLIENTS SECONDS`` prints rows per second.

What the database alone could do: as many columns of text as the form has fields, one row in each
transaction, one connection for each client, nothing else.
"""

import sys
import threading
import time

import psycopg
from psycopg import sql

COLUMNS = 22
TABLE = sql.Identifier("bench_bare")


def measure(url: str, *, clients: int, seconds: float) -> float:
    names = [f"answer_{number}" for number in range(COLUMNS)]
    with psycopg.connect(url, autocommit=True) as connection:
        columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(n)) for n in names)
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(TABLE))
        connection.execute(
            sql.SQL(
                "CREATE TABLE {} (id bigserial PRIMARY KEY, made_at timestamptz DEFAULT now(), {})"
            ).format(TABLE, columns)
        )
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        TABLE,
        sql.SQL(", ").join(sql.Identifier(name) for name in names),
        sql.SQL(", ").join(sql.Placeholder() for _name in names),
    )
    answers = [f"an answer of some length, number {number}" for number in range(COLUMNS)]
    begin = threading.Barrier(clients + 1)
    done = [0] * clients

    def write(client: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            begin.wait()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                connection.execute(insert, answers)
                done[client] += 1

    threads = [threading.Thread(target=write, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    begin.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    rate = sum(done) / (time.monotonic() - began)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP TABLE {}").format(TABLE))
    return rate


if __name__ == "__main__":
    print(measure(sys.argv[1], clients=int(sys.argv[2]), seconds=float(sys.argv[3])))
