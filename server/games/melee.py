"""Melee: everyone against everyone, with shots that bounce and hit harder each time, and a beam that hits at once.

A match lasts `options["match_s"]` seconds, then a podium, then the next. A ship has a hull; a shield takes damage
first; who is shot down is back after RESPAWN_S with a short protection. Kills, assists and bounces score. Crates
break and drop what repairs, shields or speeds up the gun. Rocks are only in the way, and can be shoved about.
"""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import ClassVar, Final

import numpy as np

from protocol.arena import Place
from protocol.cells import VIEW_HALF_UNITS
from protocol.description import Description
from protocol.gun import Gun
from protocol.kinds import Kind
from protocol.motion import Button, boost_ticks_of
from protocol.physics import CATEGORY_BITS
from server.beam import Hit
from server.game import Game, Player, Stage
from server.games import pulse
from server.games.crates import Crates
from server.games.fighter import HUD, HULL_FULL, SHIELD_FULL, STATUS_TIMED, Fighter
from server.games.ledger import Ledger, record_of
from server.games.melee_words import MELEE
from server.games.pieces import CRATE_KIND, GUN, PICKUP_KIND, ROCK_KIND, SHIP_KIND, SHOT_KIND
from server.games.shots import Shot, Shots
from server.results import Score
from server.world import Contact, WorldFullError

SHIP, SHOT, ROCK, CRATE, PICKUP = range(5)
KINDS: Final = (SHIP_KIND, SHOT_KIND, ROCK_KIND, CRATE_KIND, PICKUP_KIND)

MATCH_S, PODIUM_S = 300.0, 10.0
RESPAWN_S, PROTECT_S = 2.0, 2.0
GUN_S, GUN_RAPID_S, RAPID_S = GUN.cooldown_s, GUN.rapid_cooldown_s, 8.0
SHOT_SPEED, SHOT_LIFE_S, MUZZLE_UNITS = GUN.speed, GUN.life_s, GUN.muzzle_units
BOUNCES_MAX, SPEED_PER_BOUNCE = GUN.bounces_max, GUN.speed_per_bounce
DAMAGE, DAMAGE_PER_BOUNCE = 18, 9
REPAIR = 50
SCORE_KILL, SCORE_ASSIST, SCORE_PER_BOUNCE = 100, 50, 50
ASSIST_S = 8.0
SCORES_EVERY_S = 0.5
FEED_PLAYERS_MAX = 100
"""Among more players not everyone hears of every kill."""
REPAIR_KIT, RAPID_FIRE, SHIELD = range(3)
BOOST_SHOWN_S = 0.3
_HUD_OF: Final = attrgetter(*HUD)


class Melee(Game):
    """One match after another, in one room."""

    name: ClassVar[str] = "melee"
    kinds: ClassVar[tuple[Kind, ...]] = KINDS
    description: ClassVar[Description] = MELEE
    saved: ClassVar[type[Ledger]] = Ledger
    gun: ClassVar[Gun | None] = GUN
    hud: ClassVar[tuple[str, ...]] = HUD

    def __init__(self, stage: Stage) -> None:
        self.stage, self.world, self.ticks = stage, stage.world, stage.rates.ticks_in
        self.phase, self.ends_tick = "play", self.ticks(stage.options.get("match_s", MATCH_S))
        self.fighters: dict[int, Fighter] = {}
        self.stirred: set[int] = set()
        """Players of whose fighter something has changed that the hud shows, or the status."""
        self._unshown: set[int] = set()
        """Of these, those whose huds have been asked for since statuses were shown."""
        self._timed: set[int] = set()
        """Those whose status changes by itself: what ends at a tick."""
        self._sunk: set[int] = set()
        """Those without a ship."""
        self._take_shots({})
        self.crates = Crates(stage, CRATE, PICKUP, sorts=3)
        rate = stage.rates.tick_rate
        self.boosting_ticks = boost_ticks_of(rate) - BOOST_SHOWN_S * rate
        """With more of its cool-down left a boost still shows."""
        self.rescored: set[int] = set()
        """Players whose score others have yet to hear of."""

    # the contract ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        for variant, rock in enumerate(self.stage.arena.rocks):
            self.world.spawn(ROCK, rock.x, rock.y, angle=rock.angle, variant=variant, corners=list(rock.points))
        self.crates.put_all()

    def save(self) -> Ledger:
        records = [record_of(fighter) for fighter in self.fighters.values()]
        return Ledger(self.ends_tick, self.phase, records, self.shots, self.rescored, self.crates.books)

    def restore(self, saved: Ledger) -> None:
        players = self.stage.players
        self.ends_tick, self.phase = saved.ends_tick, saved.phase
        self.fighters = {record.id: record.fighter(players[record.id], self.stirred) for record in saved.fighters}
        self._sunk = {player for player in self.fighters if not players[player].ship}
        self._take_shots(saved.shots)
        self.rescored, self._timed = saved.rescored, {*self.fighters}
        self.crates = Crates(self.stage, CRATE, PICKUP, sorts=3, books=saved.crates)

    @property
    def rests(self) -> bool:
        return self.phase == "podium"

    def joined(self, player: Player) -> None:
        fighter = self.fighters[player.id] = Fighter(player, stirred=self.stirred)
        self._respawn(fighter)

    def greet(self, player: Player) -> None:
        self._say_match([player])
        self._say_scores(self.fighters, [player])

    def left(self, player: Player) -> None:
        del self.fighters[player.id]
        self.rescored.discard(player.id)
        self._sink(player)
        self._sunk.discard(player.id)

    def before_step(self) -> None:
        tick = self.stage.tick
        if tick >= self.ends_tick:
            self._next_phase()
        pressing = [self.fighters[player.id] for player in self.stage.pressing if player.ship]
        self._timed.update(fighter.player.id for fighter in pressing)  # one may boost
        for fighter in [self.fighters[player] for player in sorted(self._sunk)]:
            if tick >= fighter.respawn_until:
                self._respawn(fighter)
        if self.phase == "play":
            for fighter in pressing:
                if fighter.player.now.wants(Button.FIRE):
                    self._fire(fighter)
            self._pulse([fighter for fighter in pressing if fighter.player.now.wants(Button.PULSE)])
        self._shots.expire()
        self.crates.expire()

    def after_step(self, contacts: Sequence[Contact]) -> None:
        for contact in contacts:
            self._touched(contact.entity, contact.other)
        if self.stage.tick % self.stage.rates.snapshot_interval == 0:
            self._show_changed()
        if self.rescored and self.stage.tick % self.ticks(SCORES_EVERY_S) == 0:
            self._say_scores(sorted(self.rescored), None)
            self.rescored.clear()

    def hud_of(self, player: Player) -> tuple[int, ...]:
        hud: tuple[int, ...] = _HUD_OF(self.fighters[player.id])
        return hud

    def huds_news(self) -> Iterable[int] | None:
        news = list(self.stirred)
        self._unshown |= self.stirred
        self.stirred.clear()
        return news

    # the match ---------------------------------------------------------------------------------------------

    def _next_phase(self) -> None:
        if self.phase == "play":
            self.phase, length_s = "podium", PODIUM_S
            self.stage.conclude(
                [Score(f.player.id, f.score, {"kills": f.kills, "deaths": f.deaths}) for f in self.fighters.values()]
            )
        else:
            self.phase, length_s = "play", self.stage.options.get("match_s", MATCH_S)
            self._clear()
        self.ends_tick = self.stage.tick + self.ticks(length_s)
        self._say_match(None)

    def _clear(self) -> None:
        """A fresh arena and fresh scores for the next match."""
        rocks = np.flatnonzero(self.world.alive & (self.world.kind == ROCK)).tolist()
        for entity in rocks:
            self.world.remove(entity)
        self._shots.end_all()
        self.crates.remove_all()
        self.begin()
        for fighter in self.fighters.values():
            fighter.score = fighter.kills = fighter.deaths = 0
            self._sink(fighter.player)
            self._respawn(fighter)
        self.rescored.update(self.fighters)

    def _say_match(self, to: Sequence[Player] | None) -> None:
        ranked = sorted(self.fighters.values(), key=lambda f: (-f.score, -f.kills, f.deaths, f.player.id))
        standings = [{"player": fighter.player.id, "score": fighter.score} for fighter in ranked]
        self.stage.say("match", {"phase": self.phase, "ends_tick": self.ends_tick, "standings": standings}, to)

    def _say_scores(self, whose: Iterable[int], to: Sequence[Player] | None) -> None:
        rows = [[player, f.score, f.kills, f.deaths] for player in whose for f in (self.fighters[player],)]
        self.stage.say("scores", {"scores": rows}, to)

    # ships -------------------------------------------------------------------------------------------------

    def _respawn(self, fighter: Fighter) -> None:
        """A new ship at one of the emptiest spawn points; a tick later when the world is full."""
        place = self._emptiest(self.stage.random.sample(self.stage.arena.spawns, min(8, len(self.stage.arena.spawns))))
        try:
            fighter.player.ship = self.world.spawn(SHIP, place[0], place[1], owner=fighter.player.id)
        except WorldFullError:
            self._sunk.add(fighter.player.id)
            return
        self._sunk.discard(fighter.player.id)
        fighter.revive(self.stage.tick + self.ticks(PROTECT_S))
        self._show_statuses([fighter])

    def _emptiest(self, places: Sequence[Place]) -> tuple[float, float]:
        loose = CATEGORY_BITS["ship"] | CATEGORY_BITS["rock"] | CATEGORY_BITS["crate"]
        place = max(places, key=lambda place: self.world.nearest_distance(place.x, place.y, loose))
        return place.x, place.y

    def _sink(self, player: Player) -> None:
        if player.ship:
            self.world.remove(player.ship)
            player.ship = 0
            self._sunk.add(player.id)

    def _show_changed(self) -> None:
        """The statuses of those of whom something has changed, or will by itself."""
        whom = self.stirred | self._unshown | self._timed
        fighters = [fighter for player in whom if (fighter := self.fighters.get(player)) is not None]
        self._show_statuses(fighters)
        ships = [(fighter.player.id, fighter.player.ship) for fighter in fighters if fighter.player.ship]
        self._timed = {player for player, ship in ships if self.world.status[ship] & STATUS_TIMED}
        self._unshown.clear()

    def _show_statuses(self, fighters: Iterable[Fighter]) -> None:
        tick, afloat = self.stage.tick, [fighter for fighter in fighters if fighter.player.ship]
        statuses = [fighter.status(tick, self.boosting_ticks) for fighter in afloat]
        self.world.status[[fighter.player.ship for fighter in afloat]] = statuses

    # guns and what they hit --------------------------------------------------------------------------------

    def _take_shots(self, flying: dict[int, Shot]) -> None:
        self._shots, self.shots = Shots(self.stage, GUN, flying), flying

    def _fire(self, fighter: Fighter) -> None:
        tick = self.stage.tick
        if not fighter.player.ship or tick < fighter.gun_until or not self._shots.fire(fighter.player):
            return
        fighter.protect_until = min(fighter.protect_until, tick)
        fighter.gun_until = tick + self.ticks(GUN_RAPID_S if fighter.rapid_until > tick else GUN_S)

    def _touched(self, entity: int, other: int) -> None:
        if entity in self.shots:
            victim = self._fighter_of(other)
            if other and not self.world.alive[other]:
                return  # shot down or broken by an earlier contact of this step
            if victim is not None:
                self._hit_ship(entity, victim)
            elif other in self.crates.hulls:
                self._hit_crate(entity, other)
            else:
                self._shots.bounce(entity)
        elif other in self.crates.pickups or entity in self.crates.pickups:
            pickup, ship = (other, entity) if other in self.crates.pickups else (entity, other)
            self._pick_up(pickup, self._fighter_of(ship))

    def _fighter_of(self, entity: int) -> Fighter | None:
        fighter = self.fighters.get(int(self.world.owner[entity])) if entity else None
        return fighter if fighter is not None and fighter.player.ship == entity else None

    def _pulse(self, fighters: Iterable[Fighter]) -> None:
        """All beams of this tick are judged before any does harm: two that hit each other both hit."""
        struck = [(by, hit) for by in fighters if (hit := pulse.fire(self.stage, by)) is not None]
        for by, hit in struck:
            victim = self._fighter_of(hit.entity)
            pulse.say(self.stage, by.player, hit, victim.player.id if victim else 0)
        for by, hit in struck:
            if (victim := self._fighter_of(hit.entity)) is not None:
                self._hurt(victim, by.player.id, pulse.PULSE_DAMAGE, 0, hit, "pulse")
            elif hit.entity in self.crates.hulls:
                self.crates.hit(hit.entity, pulse.PULSE_DAMAGE)

    def _hit_ship(self, entity: int, victim: Fighter) -> None:
        spot = Hit(entity, float(self.world.x[entity]), float(self.world.y[entity]))
        shot = self._shots.end(entity)
        if self.phase == "play":
            self._hurt(victim, shot.owner, DAMAGE + DAMAGE_PER_BOUNCE * shot.bounces, shot.bounces, spot)

    def _hurt(self, victim: Fighter, by: int, damage: int, bounces: int, at: Hit, what: str = "") -> None:
        """Who was protected takes no harm. `what` does it, if not a shot."""
        if victim.protect_until > self.stage.tick:
            return
        victim.suffer(damage, by, self.stage.tick)
        concerned = [victim.player] if by not in self.fighters else [victim.player, self.fighters[by].player]
        spot = {"x": round(at.x), "y": round(at.y)}
        body = {"player": victim.player.id, "by": by, "damage": damage, "bounces": bounces, **spot}
        self.stage.say("hit", body, concerned)
        if victim.hull <= 0:
            self._down(victim, by, bounces, what)

    def _down(self, victim: Fighter, by: int, bounces: int, what: str = "") -> None:
        tick = self.stage.tick
        victim.hull, victim.deaths = 0, victim.deaths + 1
        victim.respawn_until = tick + self.ticks(RESPAWN_S)
        self._sink(victim.player)
        killer = self.fighters.get(by)
        if killer is not None:
            killer.kills += 1
            killer.score += SCORE_KILL + SCORE_PER_BOUNCE * bounces
        assists = [
            player
            for player, hurt in victim.hurt_by.items()
            if player != by and player in self.fighters and tick - hurt <= self.ticks(ASSIST_S)
        ]
        for player in assists:
            self.fighters[player].score += SCORE_ASSIST
        concerned = [victim.player.id, *assists] if killer is None else [victim.player.id, *assists, by]
        self.rescored.update(concerned)
        ends = {"killer": by if killer else 0, "victim": victim.player.id, "assists": assists}
        body = {**ends, "bounces": bounces, "what": what}
        self.stage.say("kill", body, self._audience(victim.player, concerned), spectators=True)

    def _audience(self, victim: Player, concerned: Iterable[int]) -> list[Player] | None:
        """Which players hear of a kill: all; where that would be too much for them, those concerned and those near."""
        if len(self.fighters) <= FEED_PLAYERS_MAX:
            return None
        near = {player.id for player in pulse.players_near(self.stage.players.values(), *victim.eye, VIEW_HALF_UNITS)}
        return [self.fighters[player].player for player in sorted(near.union(concerned))]

    # crates and pickups ------------------------------------------------------------------------------------

    def _hit_crate(self, entity: int, crate: int) -> None:
        shot = self._shots.end(entity)
        self.crates.hit(crate, DAMAGE + DAMAGE_PER_BOUNCE * shot.bounces)

    def _pick_up(self, pickup: int, fighter: Fighter | None) -> None:
        if fighter is None:
            return
        what = self.crates.take(pickup)
        if what == REPAIR_KIT:
            fighter.hull = min(HULL_FULL, fighter.hull + REPAIR)
        elif what == RAPID_FIRE:
            fighter.rapid_until = self.stage.tick + self.ticks(RAPID_S)
        else:
            fighter.shield = SHIELD_FULL
        self.stage.say("pickup", {"player": fighter.player.id, "what": what}, [fighter.player])
