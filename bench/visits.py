"""A visitor without JavaScript: one connection from an address of their own, cookies, forms.

Written by hand on asyncio streams because the visitors share the machine with what they measure:
a full HTTP library would take a large part of the two cores for itself.
"""

import asyncio
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

FORM = re.compile(r"<form\b[^>]*\bmethod=[\"']?post\b.*?</form>", re.IGNORECASE | re.DOTALL)
CONTROL = re.compile(r"<(input|button)\b([^>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"([a-zA-Z_-]+)(?:=\"([^\"]*)\"|='([^']*)'|=([^\s\"'>]+))?")
LONGEST_WAIT = 30.0


class Refused(Exception):
    """An answer that a visitor did not hope for."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


@dataclass
class Visit:
    """One person's way through a site. ``sender`` is an address of 127.0.0.0/8."""

    host: str
    port: int
    sender: str
    language: str = "vi"
    cookies: dict[str, str] = field(default_factory=dict)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        return await self._ask(f"GET {path} HTTP/1.1\r\n{self._headers()}\r\n".encode())

    async def post(self, path: str, values: list[tuple[str, str]]) -> Answer:
        body = urlencode(values).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n{self._headers()}"
            f"Origin: http://{self.host}:{self.port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return await self._ask(head.encode() + body)

    async def follow(self, answer: Answer) -> Answer:
        if answer.status not in (302, 303):
            raise Refused(f"{answer.status} instead of a redirect")
        return await self.get(urlsplit(answer.headers["location"]).path)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _headers(self) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return (
            f"Host: {self.host}:{self.port}\r\n"
            "User-Agent: bench\r\n"
            "Accept: text/html\r\n"
            f"Accept-Language: {self.language}\r\n" + (f"Cookie: {cookies}\r\n" if cookies else "")
        )

    async def _ask(self, request: bytes) -> Answer:
        async with asyncio.timeout(LONGEST_WAIT):
            if self._writer is None or self._writer.is_closing():
                self._reader, self._writer = await asyncio.open_connection(
                    self.host, self.port, local_addr=(self.sender, 0), limit=1 << 20
                )
            self._writer.write(request)
            return await self._answer()

    async def _answer(self) -> Answer:
        reader = self._reader
        assert reader is not None
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in head[1:-2]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, content = value.split(";")[0].partition("=")
                self.cookies[cookie] = content
            else:
                headers[name.lower()] = value
        body = await _body(reader, headers)
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(head[0].split(" ")[1]), headers, body.decode())


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding") == "chunked":
        parts = []
        while size := int(await reader.readline(), 16):
            parts.append(await reader.readexactly(size + 2))
        await reader.readline()
        return b"".join(part[:-2] for part in parts)
    return await reader.readexactly(int(headers.get("content-length", 0)))


def form_values(
    page: str, answers: Mapping[str, str | list[str]], *, press: str = ""
) -> list[tuple[str, str]]:
    """What a browser would send: the form's hidden fields, the answers, the button pressed.

    ``press`` is the value of the button; a page with several forms is answered in that one's form.
    """
    values: list[tuple[str, str]] = []
    for tag, given in _controls(_form(page, press)):
        kind, name = given.get("type", "").lower(), given.get("name", "")
        is_pressed = press and tag == "button" and given.get("value") == press
        if name and name not in answers and (kind == "hidden" or is_pressed):
            values.append((name, given.get("value", "")))
    for name, answer in answers.items():
        values += [(name, each) for each in ([answer] if isinstance(answer, str) else answer)]
    return values


def boxes(page: str, prefix: str) -> dict[str, str]:
    """The check boxes of the page whose name begins so, ticked."""
    return {
        given["name"]: given.get("value", "on")
        for _tag, given in _controls(page)
        if given.get("type") == "checkbox" and given.get("name", "").startswith(prefix)
    }


def _form(page: str, press: str) -> str:
    for found in FORM.findall(page):
        if f'value="{press}"' in found or not press:
            return str(found)
    raise Refused(f"a page without the button {press}" if press else "a page without a form")


def _controls(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag, inside in CONTROL.findall(text):
        given = {
            name.lower(): html.unescape(double or single or bare)
            for name, double, single, bare in ATTRIBUTE.findall(inside)
        }
        yield tag.lower(), given
