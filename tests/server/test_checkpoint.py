"""A room written down and read again: what is the same, and that nothing but the whole truth is ever believed."""

from random import Random
from typing import Any, cast
from unittest.mock import Mock

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draw
from msgspec.structs import asdict, replace

from protocol.errors import Violation
from protocol.limits import INPUT_AHEAD_TICKS_MAX
from protocol.motion import Button, Input
from protocol.ticks import Rates
from server.checkpoint import SavedPlayer, SavedRoom, capture, revive, seal, unseal
from server.game import Player
from server.games.melee import Melee
from server.games.plain import Book, Plain
from server.results import STAYED_S_MIN, Result
from server.room import Room
from server.saved_world import save
from server.sealed import Unusable
from tests.instruments.stepper import Stepper, arena_named, wander
from tests.server.test_game import Notary


def melee_of(room: Room) -> Melee:
    assert isinstance(room.game, Melee)
    return room.game


def played(seed: int = 3, players: int = 6, ticks: int = 400) -> Stepper:
    """A match under way: shots in the air, scores made, crates broken, somebody gone for a moment."""
    stepper = Stepper(seed=seed)
    for number in range(players):
        stepper.join(f"Player {number}", bot=number % 2 == 0).pilot = wander(Random(number))
    for _ in range(ticks // 50):
        stepper.step(50)
        for fighter in melee_of(stepper.room).fighters.values():
            fighter.hull = min(fighter.hull, 10)  # whoever is hit is down
    stepper.drop(stepper.clients[-1])
    stepper.step(10)
    return stepper


def saved_of(stepper: Stepper) -> SavedRoom:
    return capture(stepper.room, stepper.lobby.save_seats(stepper.room, stepper.now_s))


def revived(saved: SavedRoom, **changes: Any) -> Room:
    settings: dict[str, Any] = {
        "game": Melee,
        "arena": arena_named("pinball"),
        "rates": Rates(),
        "options": {},
        **changes,
    }
    return revive(saved, **settings)


WHOLE = seal(saved_of(played(ticks=50)))  # each process of the tests makes it, whatever it runs


# the same again --------------------------------------------------------------------------------------------


def test_ids_places_velocities_scores_and_chance_are_the_same() -> None:
    stepper = played()
    room, again = stepper.room, revived(unseal(seal(saved_of(stepper))))
    assert again.world.checksum() == room.world.checksum()
    assert (again.name, again.tick, again.next_player) == (room.name, room.tick, room.next_player)
    for column in ("variant", "move"):
        rows = room.world.alive
        assert np.array_equal(getattr(again.world, column)[rows], getattr(room.world, column)[rows])
    before, after = melee_of(room), melee_of(again)
    assert msgspec.to_builtins(after.save()) == msgspec.to_builtins(before.save())
    assert sum(fighter.deaths for fighter in after.fighters.values()), "somebody had scored"
    assert after.shots, "and something was in the air"
    assert again.random.random() == room.random.random()


def test_players_are_who_they_were_with_what_they_held() -> None:
    room = (stepper := played()).room
    again = revived(saved_of(stepper))
    for was, player in zip(room.players.values(), again.players.values(), strict=True):
        assert {**asdict(was), "inputs": None, "now": None} == {**asdict(player), "inputs": None, "now": None}
        assert player.inputs.save() == was.inputs.save()
        assert asdict(player.inputs.take(room.tick + 1, 0.0)) == asdict(was.inputs.take(room.tick + 1, 0.0))


def test_inputs_for_the_coming_tick_are_taken_before_it_and_nothing_further_ahead() -> None:
    room = revived(saved_of(played()))
    person, coming = next(iter(room.players.values())), room.tick + 1
    assert room.inputs.next_tick == coming
    person.inputs.put(coming, [Input(move_x=7)], 0.0)
    with pytest.raises(Violation):
        person.inputs.put(coming + INPUT_AHEAD_TICKS_MAX + 1, [Input()], 0.0)
    assert len(person.inputs) == 1
    assert person.inputs.take(coming, 0.0).move_x == 7


def test_the_game_goes_on_by_itself_and_alike() -> None:
    """Without inputs and away from contacts, even to the last bit."""
    stepper = Stepper(seed=5)
    client = stepper.join()
    client.pilot = wander(Random(1), fire=False)
    stepper.step(30)
    again = revived(saved_of(stepper))
    client.pilot = None
    for _ in range(20):
        stepper.room.advance(0.0)
        again.advance(0.0)
    ship = client.player.ship
    assert again.world.checksum() == stepper.room.world.checksum()
    assert again.players[1].ship == ship


def test_rocks_keep_their_corners_and_ids_that_rest_go_on_resting() -> None:
    stepper = played()
    world = stepper.room.world
    world.remove(next(iter(melee_of(stepper.room).shots)))
    again = revived(saved_of(stepper)).world
    assert again.removed == world.removed
    assert save(again) == save(world)
    fresh = [again.spawn(1, 100.0 + n, 100.0) for n in range(40)]
    assert not set(fresh) & {*world.removed, *np.flatnonzero(world.alive).tolist()}


def test_what_was_saved_does_not_change_with_the_room() -> None:
    stepper = played()
    saved = saved_of(stepper)
    before = seal(saved)
    stepper.step(60)
    assert seal(saved) == before


def test_a_player_whose_seat_was_not_saved_is_gone() -> None:
    saved = saved_of(played())
    again = revived(replace(saved, seats=saved.seats[1:]))
    assert 1 not in again.players
    assert 1 not in melee_of(again).fighters
    assert not (again.world.owner[again.world.alive] == 1).any() or all(
        again.world.kind[row] for row in np.flatnonzero(again.world.alive & (again.world.owner == 1))
    ), "of its own only shots are left"


def test_who_had_left_the_match_before_has_left_it_when_it_ends() -> None:
    stepper, results = played(), list[Result]()
    stepper.room.tick += stepper.rates.ticks_in(STAYED_S_MIN)
    ann, bob, *_ = (player for player in stepper.room.players.values() if not player.bot)
    ann.subject, bob.subject = "ann", "bob"
    stepper.lobby.leave(next(client.session for client in stepper.clients if client.player is ann))
    saved = unseal(seal(saved_of(stepper)))
    again = revived(replace(saved, seats=[seat for seat in saved.seats if seat.player != bob.id]))
    again.listener = Mock(concluded=lambda room, result: results.append(result))
    for _ in range(2):
        again.conclude([])
    assert [[line.subject for line in result.left] for result in results] == [["ann", "bob"], []]


def test_a_game_without_a_state_begins_anew_with_the_same_people() -> None:
    stepper = Stepper(game=Notary)
    ann = stepper.join("Ann")
    stepper.step(5)
    again = revived(unseal(seal(saved_of(stepper))), game=Notary)
    assert isinstance(again.game, Notary)
    assert again.game.notes == ["made", "begin", "joined Ann"]
    assert again.players[1].ship == ann.player.ship
    assert again.tick == 5
    again.advance(0.0)


class Usher(Notary):
    """Gives ships later."""

    def joined(self, player: Player) -> None:
        self.notes.append(f"joined {player.name}")


def test_where_a_game_begins_anew_nobody_has_the_ship_that_they_had() -> None:
    stepper = Stepper(game=Notary)
    stepper.join("Ann")
    stepper.step(5)
    again = revived(replace(saved_of(stepper), game=Usher.name), game=Usher)
    assert again.players[1].ship == 0
    assert not (again.world.owner[again.world.alive] == 1).any()


def test_a_new_field_of_a_player_is_not_forgotten() -> None:
    assert SavedPlayer.__struct_fields__ == Player.__struct_fields__, "in its order: they are told apart by place"


# nothing but the whole truth -------------------------------------------------------------------------------


@settings(max_examples=300)
@given(draw.integers(0, len(WHOLE) - 1))
def test_whatever_is_cut_off_is_noticed(length: int) -> None:
    with pytest.raises(Unusable, match=r"^it "):
        unseal(WHOLE[:length])


@settings(max_examples=300)
@given(draw.integers(0, len(WHOLE) * 8 - 1) | draw.integers(0, 50 * 8))
def test_every_bit_counts(bit: int) -> None:
    flipped = bytearray(WHOLE)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unusable, match=r"^it "):
        unseal(bytes(flipped))


@given(draw.binary(max_size=200), draw.booleans())
def test_strange_bytes_are_refused_and_never_anything_else(junk: bytes, added: bool) -> None:
    if added and not junk:
        return
    with pytest.raises(Unusable, match=r"^it "):
        unseal(WHOLE + junk if added else junk)


def test_another_version_is_told_from_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.checkpoint.VERSION", 0)
    older = seal(saved_of(played(ticks=5)))
    monkeypatch.undo()
    with pytest.raises(Unusable, match="version 0, and this server reads version 3"):
        unseal(older)


@pytest.mark.parametrize(
    "changes",
    [{"arena": arena_named("belt")}, {"rates": Rates(30, 30)}, {"game": Notary}],
    ids=["arena", "rate", "game"],
)
def test_a_checkpoint_of_other_settings_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unusable, match="another game, arena or rate"):
        revived(unseal(WHOLE), **changes)


def test_what_does_not_hold_together_is_refused_as_a_whole() -> None:
    saved = unseal(WHOLE)
    world = saved.world
    nowhere = np.full(len(world.floats) // 8, np.nan).astype("<f8").tobytes()
    for wrong in (
        replace(saved, world=replace(world, integers=world.integers[:-8])),
        replace(saved, world=replace(world, integers=world.integers + world.integers[-56:], floats=nowhere)),
        replace(saved, world=replace(world, floats=nowhere)),
        replace(saved, world=replace(world, removed=[70_000])),
        replace(saved, world=replace(world, corners={})),
        replace(saved, chance=(3, (1, 2), None)),
        replace(saved, players=msgspec.Raw(msgspec.msgpack.encode([1]))),
        replace(saved, players=msgspec.Raw(msgspec.msgpack.encode([]))),
        replace(saved, state=msgspec.Raw(msgspec.msgpack.encode({"phase": 1}))),
        replace(saved, seats=[*saved.seats, saved.seats[0]]),
    ):
        with pytest.raises(Unusable, match="it doesn't hold together"):
            revived(wrong)


def test_a_beam_in_the_very_first_tick_finds_no_past_and_harms_nothing() -> None:
    """What everyone saw before the restart is not known any more; a shot at once is judged by what is there."""
    again = revived(unseal(WHOLE))
    for player in again.players.values():
        player.inputs.put(again.tick + 1, [Input(buttons=Button.PULSE)] * 3, 0.0)
    for _ in range(60):
        again.advance(0.0)
    assert melee_of(again).save().ends_tick > 0


class Diary(Book, kw_only=True):
    at: dict[int, tuple[float, float]] = msgspec.field(default_factory=dict)
    best: int = 0
    whom: list[Any] = msgspec.field(default_factory=list)


class Writer(Plain):
    name = "writer"
    saved = Diary


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("best", 0.5, r"what writer remembers could not be read again: Expected `int`, got `float` - at `\$\.best`"),
        ("at", {1: (1.0,)}, r"what writer remembers could not be read again: .* at `\$\.at\[...\]`"),
        (
            "at",
            {1: (np.float64(1), np.float64(2))},
            "a value of type float64 in what a game remembers: it is to be plain",
        ),
        ("whom", [object()], "a value of type object in what a game remembers"),
    ],
)
def test_what_a_game_could_not_go_on_from_is_noticed_when_it_is_saved(field: str, value: Any, sentence: str) -> None:
    stepper = Stepper(game=Writer)
    ann = stepper.join("Ann")
    stepper.step(4)
    saved_of(stepper)
    setattr(cast(Writer, stepper.room.game).book, field, value)
    with pytest.raises(TypeError, match=sentence):
        saved_of(stepper)
    setattr(cast(Writer, stepper.room.game).book, field, [ann.player])
    with pytest.raises(TypeError, match="a value of type InputBuffer in what"):
        saved_of(stepper)
