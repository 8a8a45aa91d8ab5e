"""Who is there is who was heard lately."""

from server.cluster.news import Vitals
from server.cluster.peers import SILENCE_S_MAX, Peers


def vitals(people: int = 0, visitors: int = 0) -> Vitals:
    return Vitals("https://a.example", people=people, visitors=visitors)


def test_people_of_all_processes_are_counted_as_they_were_told_last() -> None:
    peers = Peers()
    peers.hear("a", vitals(people=3, visitors=1), 0.0)
    peers.hear("b", vitals(people=5), 0.0)
    peers.hear("a", vitals(people=4, visitors=2), 1.0)
    assert (len(peers), peers.people, peers.visitors) == (2, 9, 2)


def test_who_says_nothing_for_long_is_not_there() -> None:
    peers = Peers()
    peers.hear("a", vitals(), 0.0)
    peers.hear("b", vitals(), 1.0)
    peers.review(SILENCE_S_MAX)
    assert len(peers) == 2
    peers.review(SILENCE_S_MAX + 0.1)
    assert [peer.id for peer in peers] == ["b"]


def test_who_leaves_is_gone_at_once() -> None:
    peers = Peers()
    peers.hear("a", vitals(), 0.0)
    peers.gone("a")
    peers.gone("a")
    assert "a" not in peers


def test_there_are_only_so_many() -> None:
    peers = Peers(peers_max=1)
    peers.hear("a", vitals(people=1), 0.0)
    peers.hear("b", vitals(people=10), 0.0)
    peers.hear("a", vitals(people=2), 0.0)
    assert peers.people == 2
