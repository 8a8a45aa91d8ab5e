"""Every limit of the wire, named once. PROTOCOL.md lists the same names and numbers, and a test compares them."""

from typing import Final

PROTOCOL_VERSION: Final = 1
SUBPROTOCOL_MSGPACK: Final = "ricochet.v1.msgpack"
SUBPROTOCOL_JSON: Final = "ricochet.v1.json"

MESSAGE_BYTES_MAX: Final = 16384
"""A longer message from a client closes the connection with 1009."""
ARRAY_ITEMS_MAX: Final = 64
"""Of a list or map in a message from a client. Decoders make room for what a header announces: without this, headers
within headers announce 80 MB in one message."""
HELLO_DEADLINE_S: Final = 5.0
HANDSHAKE_DEADLINE_S: Final = 5.0
REQUEST_HEAD_BYTES_MAX: Final = 16384
SILENCE_S_MAX: Final = 60.0
"""A client that sends nothing at all for this long is gone: a laptop may nod off for half a minute, and play on."""
LOBBY_SILENCE_S_MAX: Final = 150.0
"""The same in the lobby, where nothing comes that could be answered: of a page that is hidden, browsers let timers run
once a minute."""
LAG_S_MAX: Final = 1.0
"""A client that has no snapshot newer than this is sent fewer of them. Counted in ticks, like the next."""
BEHIND_S_MAX: Final = 60.0
"""A client that lags, or whose socket is full, for this long without a break is too slow to be kept."""

NAME_CHARS_MAX: Final = 20
CHAT_CHARS_MAX: Final = 200
TOKEN_CHARS_MAX: Final = 2048
ROOM_CHARS_MAX: Final = 40
TITLE_CHARS_MAX: Final = 40

TICK_MAX: Final = 2**31 - 1
"""The last that a client can name."""
INPUTS_PER_MESSAGE_MAX: Final = 32
INPUT_AHEAD_TICKS_MAX: Final = 120
"""An input addressed further ahead than this is refused."""
ROOM_TICK_MAX: Final = TICK_MAX - INPUT_AHEAD_TICKS_MAX
"""A room's last: for 414 days of 60 ticks a second there are inputs for what comes next."""
INPUT_HOLD_TICKS_MAX: Final = 15
"""A missing input repeats the last one for this many ticks, then the ship is left alone."""

REWIND_S_MAX: Final = 0.25
"""An instant hit is judged at most this long in the past: nobody is hit later than this after leaving the line."""
STAMP_S_MAX: Final = 0.2
"""How far what a client says it saw may be from what the server believes it saw."""

MESSAGES_PER_SECOND_MAX: Final = 120
MESSAGES_BURST_MAX: Final = 1200
"""What a network, or the server, that was held up for half a minute delivers at once."""
PINGS_PER_SECOND_MAX: Final = 20
PINGS_BURST_MAX: Final = 200
RESYNCS_PER_SECOND_MAX: Final = 20
RESYNCS_BURST_MAX: Final = 200
"""Each costs a keyframe, so there are fewer of them than of messages."""
MOVES_PER_SECOND_MAX: Final = 2
MOVES_BURST_MAX: Final = 20
"""From room to room, or to the lobby: each costs a welcome, or all that is to be said of the rooms."""
WATCHES_PER_SECOND_MAX: Final = 10
WATCHES_BURST_MAX: Final = 60
"""A spectator's looks elsewhere: each may cost a screenful of keyframes."""
RENAMES_PER_MINUTE_MAX: Final = 6
RENAMES_BURST_MAX: Final = 3
"""Each is told to everybody in the room."""
CHATS_PER_SECOND_MAX: Final = 1.0
CHATS_BURST_MAX: Final = 5
CHAT_REPEAT_S_MIN: Final = 10.0
"""The same line from the same person sooner than this is held down."""
COMMANDS_PER_SECOND_MAX: Final = 1.0
COMMANDS_BURST_MAX: Final = 10
REPORTS_PER_SECOND_MAX: Final = 0.05
REPORTS_BURST_MAX: Final = 3
CHANNEL_LINES_PER_SECOND_MAX: Final = 10.0
CHANNEL_LINES_BURST_MAX: Final = 20
"""Of all who speak in one channel together: each line is sent to everybody in it, which takes most of a millisecond
where that is a thousand."""
CHANNEL_HISTORY_LINES_MAX: Final = 40
"""What is remembered of a channel for those who come."""
PERSONAL_MUTES_MAX: Final = 100

OPENS_PER_MINUTE_MAX: Final = 3
OPENS_BURST_MAX: Final = 5
"""Rooms that one person, or whoever comes from one address, may open."""
PLAYERS_PER_ROOM_MAX: Final = 1500
ROOMS_LISTED_MAX: Final = 100
PODIUM_PLACES_MAX: Final = 10
LOBBY_EVERY_S: Final = 1
"""What is new in the lobby is told to those who are there at most this often."""
ENTITIES_PER_ROOM_MAX: Final = 8192
CONNECTIONS_MAX: Final = 4096
CONNECTIONS_PER_ADDRESS_MAX: Final = 64
"""A school behind one address plays; a machine that opens sockets by the thousand doesn't."""
EVENTS_QUEUED_MAX: Final = 512
"""Events owed to one viewer; beyond it the viewer is too slow to be kept."""
SEAT_KEPT_S: Final = 30.0
"""How long a dropped player's ship, score and place wait for it."""
HOMES_MAX: Final = 8
"""Other servers of a fleet that a client is told of: whoever tries them all finds one, unless the fleet is gone."""

PLAN_PIECES_MAX: Final = 1000
PLAN_POINTS_MAX: Final = 4000
"""Of an arena that is built together: pieces, and the corners of all of them."""
STEPS_PER_EDIT_MAX: Final = 16
"""So that an edit and what undoes it fit a message, whatever the pieces' corners."""
EDITS_PER_SECOND_MAX: Final = 10
EDITS_BURST_MAX: Final = 80
POINTS_PER_SECOND_MAX: Final = 15
POINTS_BURST_MAX: Final = 60
"""Where somebody points: more are left out, for only the newest counts."""

ARENA_BYTES_MAX: Final = 1_000_000
ARENA_SIDE_UNITS_MIN: Final = 512
ARENA_SIDE_UNITS_MAX: Final = 16384
ARENA_PARTS_MAX: Final = 2000
"""Walls, blocks, rocks, crates and spawn points, each."""
ANGLE_RADIANS_MAX: Final = 1000
"""Of whatever is turned in an arena, either way."""
LOOSE_PAIRS_MAX: Final = 4000
"""Of rocks and crates that lie over one another in an arena: see `crowding`."""
SIDES_PER_SQUARE_MAX: Final = 128
"""Of walls and blocks."""
POLYGON_POINTS_MAX: Final = 32
ROCK_REACH_UNITS_MAX: Final = 256
"""How far from its centre a rock's corner may be, in x and in y."""

GOALS_MAX: Final = 16
GOAL_SIDE_UNITS_MIN: Final = 64
GOAL_SIDE_UNITS_MAX: Final = 4096

TEAMS_MAX: Final = 6
LABEL_CHARS_MAX: Final = 24
"""Of a name or a label in a game's description of itself."""
TEMPLATE_CHARS_MAX: Final = 120
"""Of a sentence in it."""
DESCRIBED_MAX: Final = 32
"""Hud lines, columns, news and the like, each."""
