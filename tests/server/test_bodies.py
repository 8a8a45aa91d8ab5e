"""Bodies and their columns: what is read and written in bulk is what one by one would be, as they come and go."""

from random import Random

import numpy as np
import pymunk
import pymunk.batch
import pytest

from protocol.physics import make_body
from server.bodies import Bodies
from server.games.pieces import BALL_KIND, SHIP_KIND

ROWS = 12


class Scene:
    """A space, some bodies in it, and their columns."""

    def __init__(self) -> None:
        self.space, self.body_of_row, self.row_of_body = pymunk.Space(), dict[int, pymunk.Body](), dict[int, int]()
        self.bodies = Bodies(self.space, self.row_of_body, ROWS)

    def put(self, row: int, is_steered: bool, random: Random) -> None:
        body, shape = make_body(SHIP_KIND if is_steered else BALL_KIND)
        body.position = random.uniform(0, 900), random.uniform(0, 900)
        body.velocity = random.uniform(-9, 9), random.uniform(-9, 9)
        body.angle, body.angular_velocity = random.uniform(-3, 3), random.uniform(-3, 3)
        self.space.add(body, shape)
        self.body_of_row[row], self.row_of_body[body.id], self.bodies.steered[row] = body, row, is_steered
        self.bodies.changed()

    def take(self, row: int) -> None:
        body = self.body_of_row.pop(row)
        self.space.remove(body, *body.shapes)
        del self.row_of_body[body.id]
        self.bodies.changed()


def test_what_is_read_is_what_each_body_says() -> None:
    scene, random = Scene(), Random(3)
    for _ in range(60):
        row = random.randrange(1, ROWS)
        if row in scene.body_of_row:
            scene.take(row)
        else:
            scene.put(row, random.random() < 0.5, random)
        before = scene.bodies.motion.copy()
        scene.bodies.read()
        for at in range(ROWS):
            body, motion = scene.body_of_row.get(at), scene.bodies.motion[:, at].tolist()
            if body is None:
                assert motion == before[:, at].tolist(), "nobody is there, and nothing is said"
                continue
            is_steered = scene.bodies.steered[at]
            angle, spin = before[[2, 5], at].tolist() if is_steered else (body.angle, body.angular_velocity)
            assert motion == [*body.position, angle, *body.velocity, spin]


def test_what_is_written_are_the_velocities_and_nothing_else() -> None:
    scene, random = Scene(), Random(4)
    for row in range(1, 6):
        scene.put(row, row % 2 == 0, random)
    scene.bodies.read()
    for _ in range(3):
        places = {row: (body.position, body.angle) for row, body in scene.body_of_row.items()}
        scene.bodies.motion[3:5, :6] += np.arange(12.0).reshape(2, 6)
        scene.bodies.write()
        assert places == {row: (body.position, body.angle) for row, body in scene.body_of_row.items()}
        for row, body in scene.body_of_row.items():
            assert body.velocity == tuple(scene.bodies.motion[3:5, row])
        scene.put(random.randrange(6, ROWS), True, random)
        scene.bodies.read()


def test_nobody_is_nothing() -> None:
    scene = Scene()
    scene.bodies.write()
    scene.bodies.read()
    assert not scene.bodies.motion.any()
    scene.put(1, True, Random(5))
    scene.bodies.read()
    scene.take(1)
    scene.bodies.motion[3, 1] = 7.0
    scene.bodies.write()
    scene.bodies.read()
    assert scene.bodies.motion[3, 1] == 7.0


def test_no_tick_makes_a_buffer_for_pymunk_frees_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(pymunk.batch.Buffer):
        def __init__(self) -> None:
            made.append(self)
            super().__init__()

    monkeypatch.setattr(pymunk.batch, "Buffer", Counted)
    scene, random = Scene(), Random(6)
    scene.put(1, True, random)
    few = len(made)
    for row in range(2, ROWS):
        scene.put(row, False, random)
        scene.bodies.write()
        scene.bodies.read()
    assert len(made) == few
