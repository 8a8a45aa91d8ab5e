"""What melee says of itself is true: its events have the fields that its news are made of, and its rows the columns."""

from protocol.description import FIELD
from server.games.melee_words import MELEE
from tests.server.games.cabin import Cabin


def test_the_news_are_made_of_what_a_kill_says() -> None:
    cabin = Cabin()
    cabin.fighter(cabin.bob).hull = 1
    cabin.hit(cabin.ann, cabin.bob)
    cabin.stepper.step(2)
    [kill] = cabin.ann.events_named("kill")
    for news in MELEE.news:
        fields = {name for words in (news.text, news.shout) for name, _ in FIELD.findall(words)}
        assert news.event == "kill"
        assert fields | ({news.to} if news.to else set()) <= set(kill)
    [told] = MELEE.kills
    assert [kill[told.victim], kill[told.killer]] == [cabin.bob.player.id, cabin.ann.player.id]


def test_a_row_of_scores_has_a_number_for_each_column() -> None:
    cabin = Cabin()
    [told, *_] = cabin.ann.events_named("scores")
    assert all(len(row) == 1 + len(MELEE.columns) for row in told["scores"])
