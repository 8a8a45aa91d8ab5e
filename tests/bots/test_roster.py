"""The roster: who comes, who goes, and what says nothing of either."""

from bots.roster import take_note
from protocol.messages import Event, PlayerInfo


def test_who_comes_is_there_and_who_goes_is_not() -> None:
    roster: dict[int, PlayerInfo] = {}
    take_note(roster, Event(1, "joined", {"id": 3, "name": "Ann", "colour": 2, "bot": False, "team": 1}))
    take_note(roster, Event(1, "joined", {"id": 4, "name": "Bob", "colour": 1, "bot": True}))
    assert roster == {3: PlayerInfo(3, "Ann", 2, False, 1), 4: PlayerInfo(4, "Bob", 1, True)}
    take_note(roster, Event(2, "renamed", {"id": 4, "name": "Rob"}))
    take_note(roster, Event(2, "renamed", {"id": 99, "name": "Eve"}))
    assert roster[4] == PlayerInfo(4, "Rob", 1, True)
    take_note(roster, Event(2, "left", {"id": 3}))
    take_note(roster, Event(2, "left", {"id": 99}))
    take_note(roster, Event(2, "kill", {"id": 4}))
    assert list(roster) == [4]


def test_who_changes_teams_is_in_the_other() -> None:
    roster = {3: PlayerInfo(3, "Ann", 2, False, 1)}
    take_note(roster, Event(1, "teamed", {"player": 3, "team": 2}))
    take_note(roster, Event(1, "teamed", {"player": 99, "team": 2}))
    assert roster == {3: PlayerInfo(3, "Ann", 2, False, 2)}
