"""The rules of melee, played out in a small room: ships, shields and scores, and one match after another."""

from random import Random

import pytest

from protocol.messages import Inputs
from protocol.motion import Button, Input
from server.games import melee as rules
from server.games.fighter import HULL_FULL, STATUS_PROTECTED, STATUS_SHIELD
from server.games.melee import CRATE, PICKUP, SHIP, Melee
from tests.instruments.stepper import Stepper, arena_named, wander
from tests.server.games.cabin import CRATE_AT, LEFT, RIGHT, UP, Cabin


@pytest.fixture
def cabin() -> Cabin:
    return Cabin()


# ships -----------------------------------------------------------------------------------------------------


def test_who_comes_is_protected_until_firing(cabin: Cabin) -> None:
    cat = cabin.stepper.join("Cat")
    cabin.stepper.step()
    assert cabin.world.status[cat.player.ship] & STATUS_PROTECTED
    cabin.hit(cabin.ann, cabin.bob)
    cabin.place(cabin.bob, 60, 450)
    cabin.place(cat, 200, 200)
    cabin.stepper.until(lambda: cabin.stepper.room.tick >= cabin.fighter(cabin.ann).gun_until)
    shot = cabin.fire(cabin.ann, RIGHT)
    cabin.stepper.until(lambda: shot not in cabin.melee.shots, ticks_max=10)
    assert cabin.fighter(cat).hull == HULL_FULL
    assert cat.events_named("hit") == []
    cabin.fire(cat, UP)
    cabin.hit(cabin.ann, cat)
    assert cabin.fighter(cat).hull == HULL_FULL - rules.DAMAGE
    assert not cabin.world.status[cat.player.ship] & STATUS_PROTECTED


def test_a_shield_takes_damage_first(cabin: Cabin) -> None:
    bob = cabin.fighter(cabin.bob)
    bob.shield = rules.DAMAGE + 5
    cabin.hit(cabin.ann, cabin.bob)
    assert (bob.shield, bob.hull) == (5, HULL_FULL)
    assert cabin.world.status[cabin.bob.player.ship] & STATUS_SHIELD
    cabin.hit(cabin.ann, cabin.bob)
    assert (bob.shield, bob.hull) == (0, HULL_FULL - rules.DAMAGE + 5)
    assert not cabin.world.status[cabin.bob.player.ship] & STATUS_SHIELD


def test_who_is_shot_down_is_back_in_a_moment(cabin: Cabin) -> None:
    bob = cabin.fighter(cabin.bob)
    bob.hull = rules.DAMAGE
    ship = cabin.bob.player.ship
    cabin.hit(cabin.ann, cabin.bob)
    assert (cabin.bob.player.ship, bool(cabin.world.alive[ship])) == (0, False)
    cabin.stepper.step(2)
    assert cabin.bob.told.own is None
    assert cabin.bob.told.hud is None or cabin.bob.told.hud[0] == 0
    [kill] = cabin.ann.events_named("kill")
    assert kill == {"killer": 1, "victim": 2, "assists": [], "bounces": 0, "what": ""}
    assert cabin.bob.events_named("kill") == [kill]
    ticks = cabin.stepper.until(lambda: cabin.bob.player.ship != 0)
    assert ticks <= rules.RESPAWN_S * 60
    assert (bob.hull, bob.deaths, bob.respawn_until) == (HULL_FULL, 1, 0)
    assert bob.protect_until == cabin.stepper.room.tick + rules.PROTECT_S * 60


def test_kills_bounces_and_assists_score(cabin: Cabin) -> None:
    cat, dan = cabin.join("Cat"), cabin.join("Dan")
    cabin.place(cat, 450, 450)
    cabin.place(dan, 60, 450)
    cabin.hit(dan, cabin.bob)
    cabin.place(dan, 60, 450)
    cabin.stepper.step(int(rules.ASSIST_S * 60))
    cabin.hit(cat, cabin.bob)
    cabin.place(cat, 450, 450)
    bob = cabin.fighter(cabin.bob)
    bob.hull = 1
    cabin.place(cabin.ann, 60, 200)
    cabin.place(cabin.bob, 200, 200)
    shot = cabin.fire(cabin.ann, LEFT)
    cabin.stepper.until(lambda: shot not in cabin.melee.shots)
    cabin.stepper.step()
    [kill] = cat.events_named("kill")
    assert kill == {"killer": 1, "victim": 2, "assists": [3], "bounces": 1, "what": ""}  # Dan's hit is too long ago
    fighters = [cabin.fighter(client) for client in (cabin.ann, cabin.bob, cat, dan)]
    assert [(fighter.score, fighter.kills, fighter.deaths) for fighter in fighters] == [
        (rules.SCORE_KILL + rules.SCORE_PER_BOUNCE, 1, 0),
        (0, 0, 1),
        (rules.SCORE_ASSIST, 0, 0),
        (0, 0, 0),
    ]
    cabin.stepper.step(30)
    assert dan.events_named("scores")[-1] == {"scores": [[1, 150, 1, 0], [2, 0, 0, 1], [3, 50, 0, 0]]}, "only news"


def test_two_shots_in_one_step_kill_once(cabin: Cabin) -> None:
    cat = cabin.join("Cat")
    cabin.fighter(cabin.bob).hull = 1
    cabin.place(cabin.bob, 200, 200)
    cabin.place(cabin.ann, 100, 200)
    cabin.place(cat, 300, 200)
    tick = cabin.stepper.room.tick + 1
    for client, aim in ((cabin.ann, RIGHT), (cat, LEFT)):
        client.say(Inputs(tick, [Input(aim=aim, edges=Button.FIRE)]), cabin.stepper.now_s)
    cabin.stepper.step(20)
    assert len(cabin.ann.events_named("kill")) == 1
    assert cabin.fighter(cabin.bob).deaths == 1
    assert cabin.fighter(cabin.ann).kills + cabin.fighter(cat).kills == 1


def test_who_leaves_takes_the_ship_and_leaves_the_shots(cabin: Cabin) -> None:
    bob = cabin.fighter(cabin.bob)
    bob.hull = 1
    cabin.place(cabin.bob, 300, 200)
    cabin.place(cabin.ann, 130, 200)
    shot = cabin.fire(cabin.ann, RIGHT)
    ship = cabin.ann.player.ship
    cabin.stepper.room.leave(cabin.ann.player)
    assert not cabin.world.alive[ship]
    cabin.stepper.until(lambda: shot not in cabin.melee.shots, ticks_max=20)
    cabin.stepper.step(30)
    [kill] = cabin.bob.events_named("kill")
    assert kill == {"killer": 0, "victim": 2, "assists": [], "bounces": 0, "what": ""}
    assert cabin.bob.events_named("scores")[-1] == {"scores": [[2, 0, 0, 1]]}


def test_in_a_crowd_a_kill_is_told_to_those_concerned_and_near(cabin: Cabin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "FEED_PLAYERS_MAX", 2)
    near, far = cabin.stepper.join("Near"), cabin.stepper.join("Far")
    cabin.stepper.step(2)
    near.player.eye = 210.0, 200.0
    far.player.eye = 2000.0, 2000.0
    victim = cabin.fighter(cabin.bob)
    victim.player.eye = 200.0, 200.0
    cabin.melee._down(victim, cabin.ann.player.id, 0)
    cabin.stepper.step(4)
    assert [len(client.events_named("kill")) for client in (cabin.ann, cabin.bob, near, far)] == [1, 1, 1, 0]


def test_a_ship_appears_where_it_is_emptiest(cabin: Cabin) -> None:
    cabin.place(cabin.ann, 70, 70)
    cabin.place(cabin.bob, 440, 70)
    cat = cabin.join("Cat")
    assert (cabin.world.x[cat.player.ship], cabin.world.y[cat.player.ship]) == (60, 450)


def test_the_status_tells_the_hull(cabin: Cabin) -> None:
    bob, ship = cabin.fighter(cabin.bob), cabin.bob.player.ship
    shown = []
    for hull in (100, 99, 50, 7, 1):
        bob.hull = hull
        cabin.stepper.step(2)  # statuses are shown when there is a snapshot to show them
        shown.append(cabin.world.status[ship] & 15)
    assert shown == [15, 15, 8, 2, 1]


# the match -------------------------------------------------------------------------------------------------


def test_a_match_a_podium_and_the_next_match() -> None:
    cabin = Cabin(match_s=1.0)
    cabin.fighter(cabin.bob).hull = 1
    cabin.hit(cabin.ann, cabin.bob)
    cabin.stepper.step(60 - cabin.stepper.room.tick)
    podium = cabin.bob.events_named("match")[-1]
    assert podium["phase"] == "podium"
    assert podium["ends_tick"] == 60 + rules.PODIUM_S * 60
    assert podium["standings"] == [{"player": 1, "score": 100}, {"player": 2, "score": 0}]
    assert not cabin.fire(cabin.ann, UP)
    [crate] = cabin.entities(CRATE)
    cabin.world.put(crate, 250, 250)
    cabin.stepper.step(int(rules.PODIUM_S * 60))
    play = cabin.ann.events_named("match")[-1]
    assert (play["phase"], play["ends_tick"]) == ("play", 60 + 600 + 60)
    assert [standing["score"] for standing in play["standings"]] == [0, 0]
    for client in (cabin.ann, cabin.bob):
        fighter = cabin.fighter(client)
        assert (fighter.score, fighter.kills, fighter.deaths, fighter.hull) == (0, 0, 0, HULL_FULL)
    [crate] = cabin.entities(CRATE)
    assert (cabin.world.x[crate], cabin.world.y[crate]) == (CRATE_AT.x, CRATE_AT.y)
    assert len(cabin.entities(SHIP)) == 2
    assert cabin.fire(cabin.ann, UP)


def test_nobody_is_hurt_on_the_podium() -> None:
    cabin = Cabin(match_s=0.5)
    cabin.stepper.step(27)
    cabin.place(cabin.ann, 100, 200)
    cabin.place(cabin.bob, 300, 200)
    shot = cabin.fire(cabin.ann, RIGHT)
    cabin.stepper.until(lambda: shot not in cabin.melee.shots)
    assert cabin.melee.phase == "podium"
    assert cabin.fighter(cabin.bob).hull == HULL_FULL


def test_equal_scores_stand_in_the_order_of_the_scoreboard(cabin: Cabin) -> None:
    cat, dee = cabin.join("Cat"), cabin.join("Dee")
    for client, kills, deaths in ((cabin.ann, 0, 0), (cabin.bob, 1, 2), (cat, 1, 1), (dee, 1, 1)):
        fighter = cabin.fighter(client)
        fighter.score, fighter.kills, fighter.deaths = 100, kills, deaths
    [match] = cabin.stepper.join("Eve").events_named("match")
    assert [standing["player"] for standing in match["standings"]] == [cat.player.id, dee.player.id, 2, 1, 5]


def test_who_joins_midway_is_told_how_things_stand(cabin: Cabin) -> None:
    cabin.fighter(cabin.bob).hull = 1
    cabin.hit(cabin.ann, cabin.bob)
    cat = cabin.stepper.join("Cat")
    [match], [scores] = cat.events_named("match"), cat.events_named("scores")
    assert match["phase"] == "play"
    assert match["standings"][0] == {"player": 1, "score": 100}
    assert scores == {"scores": [[1, 100, 1, 0], [2, 0, 0, 1], [3, 0, 0, 0]]}


@pytest.mark.parametrize("map_name", ["pinball", "belt"])
def test_the_books_agree_with_the_world_whatever_happens(map_name: str) -> None:
    stepper = Stepper(seed=4, arena=arena_named(map_name), options={"match_s": 4.0})
    game = stepper.room.game
    assert isinstance(game, Melee)
    for n in range(6):
        stepper.join(f"P{n}").pilot = wander(Random(n))
    for tick in range(450):
        stepper.step()
        if tick % 90 == 89:
            stepper.room.leave(stepper.clients[0].player)
            stepper.clients.pop(0)
            stepper.join(f"P{tick}").pilot = wander(Random(tick))
        world = stepper.room.world
        alive = {(row, int(world.kind[row])) for row in world.alive.nonzero()[0].tolist()}
        ships = {(player.ship, SHIP) for player in stepper.room.players.values() if player.ship}
        expected = ships | {(shot, rules.SHOT) for shot in game.shots} | {(crate, CRATE) for crate in game.crates.hulls}
        expected |= {(pickup, PICKUP) for pickup in game.crates.pickups}
        assert {entry for entry in alive if entry[1] != rules.ROCK} == expected


def test_every_status_is_shown_as_soon_as_it_changes() -> None:
    stepper = Stepper(seed=11)
    clients = [stepper.join(f"P{n}") for n in range(6)]
    for n, client in enumerate(clients):
        client.pilot = wander(Random(n))
    game, room = stepper.room.game, stepper.room
    assert isinstance(game, Melee)
    seen: set[int] = set()
    for _ in range(1500):
        stepper.step(1)
        if room.tick % room.rates.snapshot_interval == 0:
            for fighter in game.fighters.values():
                if fighter.player.ship:
                    status = fighter.status(room.tick, game.boosting_ticks)
                    assert room.world.status[fighter.player.ship] == status
                    seen.add(status & ~15)
    assert len(seen) > 3
