"""A process is lost: at which ticks its rooms go on, by what servers logged since."""

from pathlib import Path

import msgspec

from bench.cluster.fleet import Member, Settings
from bench.cluster.ground import Loopback
from bench.cluster.losing import GOES_ON, goes_on_ticks


def line(room: str, tick: int) -> bytes:
    return msgspec.json.encode({"event": GOES_ON, "room": room, "tick": tick}) + b"\n"


def test_only_what_was_logged_since_the_loss_counts(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path, directory="redis://127.0.0.1", standings="off", rooms=1)
    members = [Member(number, place, settings) for number, place in enumerate(Loopback(2).places, 1)]
    members[0].log.write_bytes(line("pinball", 100))
    members[1].log.write_bytes(b"")
    marks = {member.number: member.log.stat().st_size for member in members}
    members[1].log.write_bytes(b'{"event": "something else"}\n' + line("belt", 300))
    with members[0].log.open("ab") as log:
        log.write(line("pitch", 200))
    assert goes_on_ticks(members, marks) == {"pitch": 200, "belt": 300}
