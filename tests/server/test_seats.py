"""What a checkpoint is told of a seat: digests, and for how long nobody has sat there."""

from server.roles import GUEST
from server.seats import digest
from tests.instruments.stepper import Stepper


def test_a_token_can_be_recognised_and_not_read() -> None:
    assert digest("token-1") == digest("token-1") != digest("token-2")
    assert b"token" not in digest("token-1")


def test_a_seat_is_saved_with_its_next_token_and_how_long_it_was_vacant() -> None:
    stepper = Stepper()
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    stepper.join("Eve", role="spectator")
    stepper.drop(bob)
    ann_saved, bob_saved = stepper.lobby.save_seats(stepper.room, stepper.now_s + 4.0)
    assert (ann_saved.player, ann_saved.lock, ann_saved.vacant_s) == (1, digest(ann.welcome.resume), None)
    assert (ann_saved.identity, ann_saved.key) == (GUEST, "address:memory")
    assert (bob_saved.player, bob_saved.vacant_s) == (2, 4.0)
    stepper.drop(ann)
    back = stepper.join("Ann", resume=ann.welcome.resume)
    assert digest(back.welcome.resume) == ann_saved.next_lock
