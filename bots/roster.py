"""Who is in the room, kept up to date by its events. Pure."""

from msgspec import convert
from msgspec.structs import replace

from protocol.messages import Event, PlayerInfo


def take_note(roster: dict[int, PlayerInfo], event: Event) -> None:
    """What `event` says of those who are there, by player number. Other events say nothing of them."""
    body = event.body
    if event.name == "joined":
        roster[body["id"]] = convert(body, PlayerInfo)
    elif event.name == "left":
        roster.pop(body["id"], None)
    elif event.name == "renamed" and (known := roster.get(body["id"])) is not None:
        roster[known.id] = replace(known, name=str(body["name"]))
    elif event.name == "teamed" and (moved := roster.get(body["player"])) is not None:
        roster[moved.id] = replace(moved, team=body["team"])
