"""A mail server that takes everything and keeps it in one file: ``python -m bench.sink PORT FILE``.

Each message is written as its length in a line of its own, then its bytes.
"""

import asyncio
import sys
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope


class Keep:
    def __init__(self, file: Path) -> None:
        self.output = file.open("ab", buffering=0)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        # One write for each message: a reader never sees half of one with its length.
        self.output.write(b"%d\n%s" % (len(content), content))
        return "250 OK"


async def serve(port: int, file: Path) -> None:
    keep = Keep(file)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(keep, hostname="sink.example.org"), "127.0.0.1", port
    )
    async with server:
        await server.serve_forever()


def messages(file: Path, *, start: int = 0) -> Iterator[tuple[EmailMessage, int]]:
    """Each message with the place where the next one begins, from a place on."""
    with file.open("rb") as source:
        source.seek(start)
        content = source.read()
    place = 0
    while (line_end := content.find(b"\n", place)) >= 0:
        end = line_end + 1 + int(content[place:line_end])
        if end > len(content):
            return
        message = message_from_bytes(content[line_end + 1 : end], policy=policy.default)
        yield message, start + end
        place = end


def letters(file: Path, *, start: int = 0) -> Iterator[tuple[str, str, int]]:
    """Recipient, plain text and the place where the next message begins, from a place on."""
    for message, end in messages(file, start=start):
        body = message.get_body(("plain",))
        yield str(message["To"]), body.get_content() if body else "", end


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
