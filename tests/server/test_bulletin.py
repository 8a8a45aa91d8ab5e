"""A bulletin says what is published in a cell, with the checksum that clients work out, too."""

from random import Random

import numpy as np

from protocol.snapshot import checksum_of
from tests.instruments.stepper import Stepper, wander


def test_checksums_are_the_protocols() -> None:
    stepper = Stepper()
    stepper.join().pilot = wander(Random(1))
    stepper.step(100)
    publisher = stepper.room.publisher
    for cell in range(stepper.room.grid.count):
        entities = [publisher.published(row) for row in np.flatnonzero(publisher.cell == cell).tolist()]
        assert publisher.checksum(cell) == checksum_of(entities)
