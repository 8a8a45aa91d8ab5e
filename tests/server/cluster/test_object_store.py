"""The library over a folder, and against a server that speaks S3; checkpoints hold there what they hold in a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.errors import UserError
from server.cluster.checkpoints import Checkpoints
from server.cluster.object_store import ObjectStore
from server.cluster.places import place_of
from server.store import Superseded
from tests.instruments.object_store import BUCKET, S3, running

KEY, OTHER = "a%20pit.room/00000000000000000007", "a%20pit.room/00000000000000000009"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with running() as server:
        yield server


@pytest.fixture(params=["file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "file":
        return tmp_path.as_uri()
    server: S3 = request.getfixturevalue("s3")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{tmp_path.name}"


def test_what_was_written_is_there_until_it_is_removed(url: str) -> None:
    place = ObjectStore(url)
    assert place.read(KEY) is None
    place.write(KEY, b"one")
    place.write(KEY, b"two")
    place.write(OTHER, b"three")
    place.write("belt.room/1", b"four")
    assert ObjectStore(url).read(KEY) == b"two"
    assert place.ages_s("a%20pit.room").keys() == {KEY, OTHER}
    ages_s = place.ages_s()
    assert ages_s.keys() == {KEY, OTHER, "belt.room/1"}
    assert all(-60 < age_s < 60 for age_s in ages_s.values())
    for key in (KEY, OTHER, "nowhere.room/1"):
        place.remove(key)
    assert place.ages_s().keys() == {"belt.room/1"}


def test_checkpoints_are_kept_by_fence(url: str) -> None:
    first, second = Checkpoints(ObjectStore(url)), Checkpoints(ObjectStore(url))
    first.write("a pit", 10, b"a")
    second.write("a pit", 20, b"b")
    first.write("a pit", 10, b"late")
    assert Checkpoints(ObjectStore(url)).newest("a pit", 30) == b"b"
    with pytest.raises(Superseded):
        Checkpoints(ObjectStore(url)).write("a pit", 10, b"later")
    second.remove("a pit")
    assert ObjectStore(url).ages_s() == {}


def test_one_that_is_away_is_an_os_error_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "their secret")
    place = place_of(f"s3://{BUCKET}/here")
    assert isinstance(place, ObjectStore)
    with pytest.raises(OSError, match="Generic S3 error"):
        place.write(KEY, b"one")
    for ask in (place.read, place.remove, place.ages_s):
        with pytest.raises(OSError, match="Generic S3 error"):
            ask(KEY)


def test_an_address_that_is_none_is_a_sentence() -> None:
    with pytest.raises(UserError, match="checkpoints can't be kept at s3://: "):
        place_of("s3://")
