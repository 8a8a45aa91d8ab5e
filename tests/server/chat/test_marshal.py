"""What admins can do by typing: only those who may, and each deed leaves a line in the audit log."""

import pytest
from structlog.testing import LogCapture

from protocol.errors import Code, UserError
from server.chat import marshal
from server.restrictions import RESTRICTIONS_MAX
from tests.instruments.stepper import Client
from tests.server.chat.hall import Hall, lines, notices, number_of, refusals


class Court(Hall):
    """A hall with an admin."""

    def __init__(self) -> None:
        super().__init__()
        self.decisions = 0
        marshal.furnish(self.lobby, self.moderation, None, self.note)
        self.root = self.enter("Root", sub="root", role="admin")

    def note(self) -> None:
        self.decisions += 1


@pytest.fixture
def court() -> Court:
    return Court()


def end_of(client: Client) -> tuple[int, str]:
    assert client.bye is not None
    return client.bye.code, client.bye.sentence


def test_kick(court: Court, audit: LogCapture) -> None:
    eve, witness = court.enter("Eve Two"), court.enter("Eve")
    number = number_of(eve)
    court.say(court.root, "/kick Eve Two rude words")
    assert end_of(eve) == (Code.KICKED, "kicked by an admin: rude words")
    assert notices(court.root) == [f"Kicked Eve Two #{number}"]
    assert witness.link.closed is None
    assert [player.name for player in court.room.players.values()] == ["Root", "Eve"]
    (entry,) = [entry for entry in audit.entries if entry["event"] == "admin"]
    assert (entry["action"], entry["by"], entry["order"]["reason"]) == ("kick", "root", "rude words")
    assert entry["order"]["known_as"] == "address:10.0.0.2"


def test_whoever_is_in_the_lobby_is_kicked_as_well(court: Court) -> None:
    eve = court.visit("Eve")
    court.say(court.root, "/kick Eve")
    assert end_of(eve) == (Code.KICKED, "kicked by an admin")
    assert len(court.room.players) == 1


def test_who_has_left_cannot_be_kicked_but_silenced(court: Court) -> None:
    eve = court.enter("Eve")
    number = number_of(eve)
    court.say(eve, "spam")
    court.drop(eve)
    court.say(court.root, "/kick Eve")
    assert refusals(court.root) == [f"Eve #{number} has left already"]
    court.say(court.root, "/silence Eve 5")
    assert court.lobby.mutes.find("address:10.0.0.2", court.now_s + 299)
    assert not court.lobby.mutes.find("address:10.0.0.2", court.now_s + 301)


def test_silence(court: Court, audit: LogCapture) -> None:
    eve = court.enter("Eve")
    court.say(eve, "spam")
    court.say(court.root, "/silence Eve")
    court.say(eve, "more", "lobby")
    assert refusals(eve) == ["an admin has muted you for a while"]
    assert notices(court.root)[0].startswith(f"Silenced Eve #{number_of(eve)} (address:10.0.0.2) for 60 min")
    assert court.decisions == 1, "it outlasts the process"
    late = court.enter("Late")
    court.flush()
    assert lines(late) == []
    assert [entry["action"] for entry in audit.entries if entry["event"] == "admin"] == ["mute"]


def test_who_has_come_back_from_another_address_is_silenced_there(court: Court) -> None:
    """What they said before is still remembered, with the address that they had then."""
    eve, ann = court.enter("Eve"), court.enter("Ann")
    court.say(eve, "spam")
    court.drop(eve)
    back = court.join("Eve", resume=eve.welcome.resume, address="10.9.9.9:1")
    court.say(court.root, "/silence Eve")
    court.say(back, "more spam")
    assert refusals(back) == ["an admin has muted you for a while"]
    assert notices(court.root)[0].startswith(f"Silenced Eve #{number_of(back)} (address:10.9.9.9)")
    assert lines(ann) == ["spam"]


@pytest.mark.parametrize("minutes", ["0", "-1", "x", "1e9", "99999999", "١"])
def test_minutes_are_a_number(court: Court, minutes: str) -> None:
    court.enter("Eve")
    court.say(court.root, f"/silence Eve {minutes}")
    (sentence,) = refusals(court.root)
    assert sentence.startswith("minutes are a whole number")
    assert len(court.lobby.mutes) == 0


def test_a_full_table_is_a_sentence(court: Court) -> None:
    court.enter("Eve")
    for n in range(RESTRICTIONS_MAX):
        court.lobby.mutes.add(f"address:{n}", 1e6, "", court.now_s)
    court.say(court.root, "/silence Eve")
    assert refusals(court.root) == [f"the table has its {RESTRICTIONS_MAX} entries; lift one first"]
    assert court.decisions == 0


@pytest.mark.parametrize("role", ["player", "editor", "spectator"])
def test_others_may_not(court: Court, role: str) -> None:
    eve, other = court.enter("Eve"), court.enter("Other", sub="other", role=role)
    for text in ("/kick Eve", "/silence Eve"):
        court.say(other, text)
    assert [sentence.split(";")[0] for sentence in refusals(other)] == [
        "there is no command /kick",
        "there is no command /silence",
    ]
    assert (eve.link.closed, len(court.lobby.mutes)) == (None, 0)


def test_a_filter_that_cannot_be_had_is_said_at_the_start(court: Court) -> None:
    with pytest.raises(UserError, match="chat_filter"):
        marshal.furnish(court.lobby, court.moderation, "no_such_module_here:f", None)
