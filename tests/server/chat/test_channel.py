"""What a channel remembers, and how much it bears."""

from msgspec.structs import astuple

from protocol import limits
from protocol.codec import CODECS
from protocol.messages import ChatLine
from server.chat.channel import Channel, Line, RoomChannels
from server.chat.speaker import Named


def line(order: int, key: str = "k") -> Line:
    return Line(order, Named(3, "Ann", key, key), 7, "room", f"line {order}")


def test_the_last_lines_are_remembered() -> None:
    channel = Channel("room")
    for order in range(100):
        channel.lines.append(line(order))
    assert [one.order for one in channel.lines] == list(range(100 - limits.CHANNEL_HISTORY_LINES_MAX, 100))


def test_a_line_is_encoded_as_news_and_as_history() -> None:
    said = line(1)
    for codec in CODECS.values():
        for wire, is_old in ((codec.encode(said.fresh), False), (said.old(codec), True)):
            told = codec.decode_server(wire)
            assert isinstance(told, ChatLine)
            assert astuple(told) == (7, "line 1", "room", "Ann", is_old, 3)
        assert said.old(codec) is said.old(codec), "encoded once for all"


def test_a_channel_bears_so_many_a_second() -> None:
    channel = Channel("lobby")
    assert sum(channel.take(50.0) for _ in range(100)) == limits.CHANNEL_LINES_BURST_MAX
    assert sum(channel.take(51.0) for _ in range(100)) == limits.CHANNEL_LINES_PER_SECOND_MAX


def test_what_somebody_said_can_be_taken_out() -> None:
    channel = Channel("room")
    channel.lines.extend(line(order, "bad" if order % 2 else "good") for order in range(6))
    assert channel.expunge("bad") == 3
    assert [one.order for one in channel.lines] == [0, 2, 4]
    assert channel.expunge("bad") == 0


def test_of_a_guest_also_what_they_said_by_another_name_than_the_first() -> None:
    """Where nobody is here any more, or ever was, who could tell that it was they."""
    channel, address, first = Channel("lobby"), "address:1.2.3.4", "address:1.2.3.4 ann"
    for order, name in enumerate(("Ann", "Bea", "BEA", "Cid")):
        channel.lines.append(Line(order, Named(3, name, address, first), 0, "lobby", "rude"))
    channel.lines.append(Line(9, Named(4, "Bea", "address:1.2.3.5", "address:1.2.3.5 bea"), 0, "lobby", "polite"))
    assert channel.expunge("address:1.2.3.4 bea") == 2
    assert [one.order for one in channel.lines] == [0, 3, 9]


def test_a_room_has_one_for_all_and_one_for_each_team() -> None:
    channels = RoomChannels()
    assert channels.team(1) is channels.team(1)
    assert channels.team(1) is not channels.team(2)
    assert [channel.kind for channel in channels] == ["room", "team", "team"]
