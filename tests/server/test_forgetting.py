"""Whoever is forgotten while they are here builds and plays on as nobody in particular."""

from functools import partial
from pathlib import Path
from unittest.mock import Mock

from protocol.messages import Browse, Enter, Open
from server.build.shelf import Shelf
from server.forgetting import forget_in
from server.net.library_api import Library
from server.results import STAYED_S_MIN
from tests.server.build.test_rescue import Site, build


async def test_a_guest_who_builds_on_leaves_no_draft(tmp_path: Path) -> None:
    site = Site(tmp_path / "drafts")
    lobby, library = site.stepper.lobby, Library(Shelf(tmp_path / "arenas"), True, site.drafts)
    library.rescue, library.on_forget = site.rescue, partial(forget_in, lobby)
    ann, bob = site.come("Ann", "a"), site.come("Bob", "b")
    rooms = [site.open(one) for one in (ann, bob)]
    for one in (ann, bob):
        build(one, 1)
    assert await library.forget("guest:a")
    for one in (ann, bob):
        build(one, 2)
    ann.say(Open("Another", "build", "site"), 9.0)
    build(ann, 1001)
    for room in (*rooms, lobby.rooms[ann.welcome.room]):
        site.end(room)
    await site.rescue.finish()
    assert (site.crates("a"), site.crates("b")) == ([], [3])
    assert len(site.drafts) == 1


async def test_matches_are_nobodys_too_also_while_the_seat_is_only_kept(tmp_path: Path) -> None:
    site = Site(tmp_path / "drafts")
    lobby = site.stepper.lobby
    ann, bob, cid = (site.come(name, name[0].lower()) for name in ("Ann", "Bob", "Cid"))
    players = []
    for one in (ann, bob, cid):
        site.open(one)
        players.append(one.player)
    ann.session.lost(1.0)
    for account in ("guest:a", "guest:b"):
        forget_in(lobby, account)
    assert [player.subject for player in players] == ["", "", "guest:c"]


async def test_who_has_left_a_match_that_is_still_played_is_not_told_of_when_it_ends(tmp_path: Path) -> None:
    site, left = Site(tmp_path / "drafts"), list[str]()
    ann, bob = site.come("Ann", "a"), site.come("Bob", "b")
    room = site.open(ann)
    bob.say(Enter(room.name), 0.0)
    room.tick += room.rates.ticks_in(STAYED_S_MIN)
    for one in (ann, bob):
        one.say(Browse(), 0.0)
    forget_in(site.stepper.lobby, "guest:a")
    room.listener = Mock(concluded=lambda room, result: left.extend(line.subject for line in result.left))
    room.conclude([])
    assert left == ["guest:b"]


async def test_whoever_shows_a_token_is_who_they_were(tmp_path: Path) -> None:
    site = Site(tmp_path / "drafts")
    ann = site.come("Ann", "a")
    site.open(ann)
    ann.player.subject = "subject:ann"
    forget_in(site.stepper.lobby, "subject:ann")
    assert ann.player.subject == "subject:ann"
    assert ann.session.account == "guest:a"
