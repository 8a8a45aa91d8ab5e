"""TLS: which versions, and certificates that are replaced while connections go on."""

import ssl
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import trio
import trio.testing
import trustme

from protocol.errors import UserError
from server.net.certificates import keep_fresh, load
from server.net.watched import WATCH_EVERY_S, Watched
from tests.server.net.wires import really

NAME = "game.example"


class Files:
    """A certificate and its key, as an operator has them."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        self.renew()

    def renew(self) -> None:
        issued = self.authority.issue_cert(NAME)
        self.cert.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        self.key.write_bytes(issued.private_key_pem.bytes())

    def client(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


async def serial_of(server: ssl.SSLContext, client: ssl.SSLContext) -> str:
    """The certificate that a handshake shows."""
    ours, theirs = trio.testing.memory_stream_pair()
    ends = trio.SSLStream(ours, server, server_side=True), trio.SSLStream(theirs, client, server_hostname=NAME)
    async with trio.open_nursery() as nursery:
        for end in ends:
            nursery.start_soon(end.do_handshake)
    shown = ends[1].getpeercert()
    assert shown
    return str(shown["serialNumber"])


async def test_it_speaks_tls_1_2_and_newer(files: Files) -> None:
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        client = files.client()
        client.minimum_version = client.maximum_version = version
        assert await serial_of(load(files.cert, files.key), client)


async def test_it_speaks_nothing_older(files: Files) -> None:
    client = files.client()
    client.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client.minimum_version = client.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        trio.fail_after(60),
        pytest.RaisesGroup(trio.BrokenResourceError, flatten_subgroups=True, allow_unwrapped=True),
    ):
        await serial_of(load(files.cert, files.key), client)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda files: files.cert.write_text("nothing of the sort"),
        lambda files: files.cert.write_bytes(b""),
        lambda files: files.key.unlink(),
        lambda files: files.key.write_bytes(trustme.CA().issue_cert(NAME).private_key_pem.bytes()),
    ],
)
def test_what_does_not_load_is_said_in_one_sentence(files: Files, spoil: Callable[[Files], None]) -> None:
    spoil(files)
    with pytest.raises(UserError, match="no certificate and its key"):
        load(files.cert, files.key)


async def looked() -> None:
    """Until it has looked at least once, and has done what it then does in a thread."""
    await trio.sleep(2 * WATCH_EVERY_S)
    threads = trio.to_thread.current_default_thread_limiter()
    await really(lambda: not threads.borrowed_tokens)
    await trio.testing.wait_all_tasks_blocked()


async def test_a_new_one_is_taken_and_a_bad_one_is_not(
    files: Files, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    taken: list[ssl.SSLContext] = []
    nursery.start_soon(keep_fresh, Watched(files.cert, files.key), files.cert, files.key, taken.append)
    await looked()
    assert not taken
    old = files.key.read_bytes()
    files.renew()
    new = files.key.read_bytes()
    files.key.write_bytes(old)  # the certificate is there already, its key not yet
    await looked()
    assert not taken
    files.key.write_bytes(new)
    await looked()
    assert len(taken) == 1
    before = await serial_of(taken[0], files.client())
    files.renew()
    await looked()
    assert len(taken) == 2
    assert await serial_of(taken[1], files.client()) != before


async def test_one_that_came_while_the_server_waited_for_another_is_taken(
    files: Files, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    taken: list[ssl.SSLContext] = []
    watched = Watched(files.cert, files.key)
    before = load(files.cert, files.key)
    files.renew()
    nursery.start_soon(keep_fresh, watched, files.cert, files.key, taken.append)
    await looked()
    assert len(taken) == 1
    assert await serial_of(taken[0], files.client()) != await serial_of(before, files.client())
