"""The embedded default's queue of files, without half-written messages.

Kombu creates a message under its final name and fills it afterwards; a worker that takes it in
between reads half of it and ends. Here it appears under that name when it is whole.
"""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        # Named as kombu names it: messages are taken in the order of their names.
        whole = Path(self.data_folder_out, f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg")
        part = whole.with_suffix(".msg.part")
        try:
            part.write_bytes(str_to_bytes(dumps(payload)))
            part.replace(whole)
        except OSError as error:
            raise ChannelError(f"Cannot add {whole.name} to {whole.parent}") from error


class Transport(filesystem.Transport):
    Channel = Channel
