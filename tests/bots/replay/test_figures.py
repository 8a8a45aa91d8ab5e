"""Figures are what the room itself knows of the match."""

from collections import Counter
from math import hypot
from random import Random

from bots.replay.figures import watch
from protocol.replay import Replay
from server.games.melee import SHOT
from server.results import Result
from tests.instruments.recordings import Reels, hunters, wanderers
from tests.instruments.stepper import Stepper, wander


def test_kills_deaths_and_scores_are_the_games() -> None:
    stage = hunters(6, seed=11)
    reels = Reels(stage.house)
    results: list[Result] = []

    class Listener:
        def opened(self, room: object) -> None: ...
        def closed(self, room: object) -> None: ...
        def concluded(self, room: object, result: Result) -> None:
            results.append(result)
            reels.tape.concluded(result)

    stage.house.lobby.heralds.listeners.append(Listener())
    stage.house.room.game.ends_tick = 12 * 60  # type: ignore[attr-defined]  # melee's
    stage.play(17.0)
    figures, traces = watch(Replay(reels.reels[0].file))
    said = {line.player: line for line in results[0].placings}
    assert sum(share.kills for share in figures.players) == figures.kills > 0
    for share in figures.players:
        line = said[share.player]
        assert (share.name, share.bot, share.place, share.score) == (line.name, line.bot, line.place, line.score)
        assert (share.kills, share.deaths) == (line.figures["kills"], line.figures["deaths"])
    assert figures.has_ended
    assert figures.is_whole
    assert len(traces.kills) == figures.kills
    assert (figures.checksum_mismatches, figures.chunks) == (0, 2)
    assert figures.seconds * figures.bytes_per_second - figures.bytes < figures.bytes / 100


def test_distances_and_shots_are_what_truly_happened() -> None:
    stepper = wanderers(2)
    reels = Reels(stepper)
    stepper.step(10)
    way, fired = dict.fromkeys((1, 2), 0.0), Counter[int]()
    world, players = stepper.room.world, stepper.room.players
    before = places(stepper)
    spawn = world.spawn
    world.spawn = lambda kind, *args, **kwargs: (  # type: ignore[method-assign]  # to count what comes
        fired.update([kwargs.get("owner", 0)] if kind == SHOT else []),
        spawn(kind, *args, **kwargs),
    )[1]
    for _ in range(300):
        stepper.step()
        after = places(stepper)
        for player in players:
            if player in before and player in after and before[player][2] == after[player][2]:
                way[player] += hypot(after[player][0] - before[player][0], after[player][1] - before[player][1])
        before = after
    reels.tape.finish()
    figures, _ = watch(Replay(reels.reels[0].file))
    for share in figures.players:
        assert abs(share.distance_units - way[share.player]) < 0.05 * way[share.player] + 60.0
        assert 0 <= fired[share.player] - share.shots <= 2, "one that hit something at once was seen by nobody"


def places(stepper: Stepper) -> dict[int, tuple[float, float, int]]:
    world = stepper.room.world
    ships = {player.id: player.ship for player in stepper.room.players.values() if player.ship}
    return {player: (float(world.x[ship]), float(world.y[ship]), ship) for player, ship in ships.items()}


def test_a_replay_that_was_cut_tells_of_what_is_left() -> None:
    stepper = Stepper(2)
    reels = Reels(stepper)
    stepper.join("Ann").pilot = wander(Random(2))
    stepper.step(stepper.rates.ticks_in(21.0))
    reels.tape.finish()
    file = reels.reels[0].file
    last = Replay(file).chunks[-1].offset
    figures, _ = watch(Replay(file[: last + 40]))
    assert not figures.is_whole
    assert 19.0 < figures.seconds < 20.0
    assert figures.players[0].place is None


def test_an_empty_replay_has_no_seconds() -> None:
    stepper = Stepper(2)
    reels = Reels(stepper)
    stepper.join("Ann")
    stepper.step(2)
    reels.tape.finish()
    begin = Replay(reels.reels[0].file).chunks[0].offset
    figures, traces = watch(Replay(reels.reels[0].file[:begin]))
    assert (figures.seconds, figures.bytes_per_second, figures.chunks) == (0.0, 0.0, 0)
    assert traces.places == []
