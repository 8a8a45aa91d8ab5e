"""PROTOCOL.md says in its sentences what the code does: each number in its prose, and what is reckoned with it."""

import pytest

from protocol import arena, cells, crowding, limits, motion, reckoning, ticks
from tests.protocol.test_protocol_page import PROSE


@pytest.mark.parametrize(
    "phrase",
    [
        f"each is at most {limits.MESSAGE_BYTES_MAX:,} bytes",
        f"a message too long (over {limits.MESSAGE_BYTES_MAX:,} bytes)",
        f"`hello` must come first, once, within {limits.HELLO_DEADLINE_S:g} s",
        f"no `hello` within {limits.HELLO_DEADLINE_S:g} s",
        f"at least every {limits.SILENCE_S_MAX:g} s, and in the lobby at least every {limits.LOBBY_SILENCE_S_MAX:g} s",
        f"nothing said for {limits.SILENCE_S_MAX:g} s, in the lobby for {limits.LOBBY_SILENCE_S_MAX:g} s",
        f"While what you have is more than {limits.LAG_S_MAX:g} s old",
        f"After {limits.BEHIND_S_MAX:g} s of that without a break",
        f"events piled up unread, or more than {limits.LAG_S_MAX:g} s behind for {limits.BEHIND_S_MAX:g} s",
        f"without it a seat is kept for {limits.SEAT_KEPT_S:g} s",
        f"1 to {limits.NAME_CHARS_MAX} printable characters, none of them a blank",
        f"1 to {limits.CHAT_CHARS_MAX} printable characters",
        f"the same line again within {limits.CHAT_REPEAT_S_MIN:g} s",
        f"more than {limits.CHANNEL_LINES_PER_SECOND_MAX:g} lines a second in one channel",
        f"up to {limits.CHANNEL_HISTORY_LINES_MAX} lines of each channel",
        f"`token` | string of at most {limits.TOKEN_CHARS_MAX} characters",
        f"`room` | string of at most {limits.ROOM_CHARS_MAX} characters",
        f"1 to {limits.TITLE_CHARS_MAX} printable characters, none of them a blank",
        f"At most {limits.ROOMS_LISTED_MAX}, those with the most people first",
        f"the best first, at most {limits.PODIUM_PLACES_MAX}",
        f"at most once in {limits.LOBBY_EVERY_S} s",
        f"list of 1 to {limits.INPUTS_PER_MESSAGE_MAX} inputs",
        f"for up to {limits.INPUT_HOLD_TICKS_MAX} ticks; then the ship is left alone",
        f"Inputs more than {limits.INPUT_AHEAD_TICKS_MAX} ticks ahead are refused",
        f"an input more than {limits.INPUT_AHEAD_TICKS_MAX} ticks ahead",
        f"more than {limits.MESSAGES_PER_SECOND_MAX} a second for long",
        f"No list or map in a client's msgpack has more than {limits.ARRAY_ITEMS_MAX} items",
        f"or more than {limits.PINGS_PER_SECOND_MAX} pings or {limits.RESYNCS_PER_SECOND_MAX} resyncs",
        f"It goes back at most {limits.REWIND_S_MAX:g} s",
        f"What differs by more than {limits.STAMP_S_MAX:g} s from what the server makes",
        f"within {cells.VIEW_HALF_UNITS} units of it in x and y",
        f"j = min(n, {reckoning.DECAY_TICKS_MAX})",
        f"velocity = velocity + (tx, ty) × {motion.BOOST_SPEED:g}, boost_ticks = {motion.BOOST_COOLDOWN_S} × R",
        f"`size` | `{{width, height}}`, each {limits.ARENA_SIDE_UNITS_MIN}..{limits.ARENA_SIDE_UNITS_MAX}",
        f"at most {limits.GOALS_MAX} `{{x, y, width, height, team}}`",
        f"each side {limits.GOAL_SIDE_UNITS_MIN}..{limits.GOAL_SIDE_UNITS_MAX}",
        f"the team that guards it, 1..{limits.TEAMS_MAX}",
        f"Labels have at most {limits.LABEL_CHARS_MAX} characters, "
        f"templates and sentences {limits.TEMPLATE_CHARS_MAX}, "
        f"and lists {limits.DESCRIBED_MAX} items, teams {limits.TEAMS_MAX}",
        f"{arena.SPAWN_CLEARANCE_UNITS:g} units clear of anything solid",
        f"in at most {limits.LOOSE_PAIRS_MAX} pairs",
        f"more than {limits.SIDES_PER_SQUARE_MAX} sides of walls and blocks",
        f"but into no more than {crowding.PARTS_MAX}",
        f"In no square of {crowding.SQUARE_UNITS:g} units",
        f"a crate's has a radius of {crowding.CRATE_REACH_UNITS:g}",
        f"2 to {limits.POLYGON_POINTS_MAX} points",
        f"3 to {limits.POLYGON_POINTS_MAX} points",
        f"1 to {limits.STEPS_PER_EDIT_MAX}, taken together or not at all",
        f"at most {limits.POINTS_PER_SECOND_MAX} times a second",
        f"at most {limits.PLAN_PIECES_MAX} pieces and {limits.PLAN_POINTS_MAX} points",
        f"at most {limits.GOALS_MAX} `{{x, y, width",
        f"each coordinate −{limits.ROCK_REACH_UNITS_MAX}..{limits.ROCK_REACH_UNITS_MAX}",
    ],
)
def test_numbers_in_the_prose_are_those_of_the_code(phrase: str) -> None:
    assert phrase in PROSE


def test_a_snapshot_comes_every_so_many_ticks() -> None:
    assert "a snapshot every `tick_rate / snapshot_rate` ticks" in PROSE
    assert ticks.Rates(60, 20).snapshot_interval == 3
