"""The queue of files, with a writer and a reader at once."""

import threading
from pathlib import Path
from queue import Empty
from typing import Any

from kombu import Connection

MESSAGES = 300


def open_queue(folder: Path, transport: str) -> Any:
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    return Connection("filesystem://", transport=transport, transport_options=options)


def test_messages_are_read_whole_while_others_are_written(tmp_path: Path) -> None:
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    payload = {"body": "x" * 20_000}

    def write() -> None:
        channel = open_queue(tmp_path, "portal.queue:Transport").channel()
        for _message in range(MESSAGES):
            channel._put("celery", payload)

    writer = threading.Thread(target=write)
    reader = open_queue(tmp_path, "portal.queue:Transport").channel()
    writer.start()
    read = []
    while len(read) < MESSAGES:
        try:
            read.append(reader._get("celery"))
        except Empty:
            assert writer.is_alive() or list((tmp_path / "messages").iterdir()), len(read)
    writer.join(10)

    assert all(message == payload for message in read)
    assert list((tmp_path / "messages").iterdir()) == []
