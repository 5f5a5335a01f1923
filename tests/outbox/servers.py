"""A mail server of few words, on real sockets, that behaves in each way a real one has.

Its answers are scripted by the behaviour's name, so that also those are had which no well-made
server gives: silence, a byte a second, a line cut after the message was taken.
"""

import contextlib
import socket
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

# What is answered to a command, by behaviour; all else is accepted.
ANSWERS = {
    "greylist": {"RCPT": "450 4.2.0 Greylisted, come back"},
    "no such mailbox": {"RCPT": "550 5.1.1 No such mailbox"},
    "one bad": {},
    "sender refused": {"MAIL": "550 5.7.1 Sender refused"},
    "too big": {"MAIL": "552 5.3.4 Too big"},
    "content refused": {".": "554 5.6.0 Content refused"},
    "full": {".": "452 4.2.2 Mailbox full"},
    "shutting down": {"EHLO": "421 4.3.2 Shutting down", "HELO": "421 4.3.2 Shutting down"},
}


class MailServer:
    def __init__(self, behaviour: str = "ok", *, bad: str = "") -> None:
        self.behaviour, self.bad = behaviour, bad
        self.letters: list[EmailMessage] = []
        self.senders: list[str] = []
        self.open: list[socket.socket] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for line in self.open:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self.thread.join(5)

    def _listen(self) -> None:
        while True:
            try:
                line, _address = self.socket.accept()
            except OSError:
                return
            self.open.append(line)
            threading.Thread(target=self._talk, args=[line], daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self.behaviour == "silent":
                line.recv(1)
                return
            if self.behaviour == "a byte a second":
                for byte in b"220-" + b"x" * 400:
                    line.sendall(bytes([byte]))
                    time.sleep(0.2)
                return
            self._converse(line)

    def _converse(self, line: socket.socket) -> None:
        reader = line.makefile("rb")
        say = lambda text: line.sendall(text.encode() + b"\r\n")  # noqa: E731
        say("220 test")
        while command := reader.readline():
            verb = command[:4].strip().upper().decode()
            refused = ANSWERS.get(self.behaviour, {}).get(verb)
            if verb == "RCPT" and self.bad and self.bad.encode() in command:
                refused = "550 5.1.1 No such mailbox"
            if refused:
                say(refused)
            elif verb == "DATA":
                say("354 go on")
                letter = self._read_letter(reader)
                if self.behaviour == "closes after DATA":
                    line.shutdown(socket.SHUT_RDWR)
                    return
                if answer := ANSWERS.get(self.behaviour, {}).get("."):
                    say(answer)
                    continue
                self.letters.append(message_from_bytes(letter, policy=policy.default))
                say("250 taken")
            elif verb == "QUIT":
                if self.behaviour == "silent farewell":
                    time.sleep(5)
                    return
                say("221 bye")
                return
            else:
                say("250 fine")

    @staticmethod
    def _read_letter(reader: object) -> bytes:
        lines = []
        while (text := reader.readline()) not in (b".\r\n", b""):
            lines.append(text)
        return b"".join(lines)
