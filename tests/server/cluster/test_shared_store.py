"""Rooms go where all find them, all else stays with the process."""

from contextlib import closing
from pathlib import Path

from server.cluster.checkpoints import Checkpoints
from server.cluster.shared_store import SharedStore
from server.store import RESTRICTIONS, Folder, checkpoint_of
from tests.server.cluster.neighbours import Memory


def test_rooms_are_shared_and_all_else_is_ones_own(tmp_path: Path) -> None:
    place = Memory()
    with closing(Folder(tmp_path)) as folder:
        store = SharedStore(Checkpoints(place), folder)
        store.write(checkpoint_of("pit"), b"room", 7)
        store.write(RESTRICTIONS, b"bans")
        assert list(place.kept.values()) == [b"room"]
        assert store.names() == folder.names() == [RESTRICTIONS]
        assert (store.read(RESTRICTIONS), store.read(checkpoint_of("pit"))) == (b"bans", None)
        assert "refused-1" in store.set_aside(checkpoint_of("pit"), "refused", b"odd")
        folder.write(checkpoint_of("of old"), b"from before there were many")
        assert store.names() == [RESTRICTIONS]
        store.remove(checkpoint_of("pit"))
        store.remove(RESTRICTIONS)
        assert not place.kept
        assert store.read(RESTRICTIONS) is None


def test_without_a_folder_nothing_but_rooms_is_kept() -> None:
    place = Memory()
    store = SharedStore(Checkpoints(place), None)
    store.write(RESTRICTIONS, b"bans")
    store.write(checkpoint_of("pit"), b"room", 7)
    store.remove(RESTRICTIONS)
    assert (store.read(RESTRICTIONS), store.names(), len(place.kept)) == (None, [], 1)
    assert store.set_aside(checkpoint_of("pit"), "failed", b"odd").startswith("nowhere")
    store.close()
