"""Headless players: the SDK (`connect`), brains, and swarms of bots that measure how a server plays.

The pure parts (view, prediction, interpolation, lead) are the twins of the browser client's modules of the same
names. Start with `player`: one side of the conversation; then `client`, which brings it to a socket.
"""

from bots.act import Act
from bots.cell_table import Sighting
from bots.client import Ended
from bots.sdk import Bot, Refused, connect
from bots.view import View

__all__ = ["Act", "Bot", "Ended", "Refused", "Sighting", "View", "connect"]
