"""`ricochet admin`: what an admin can do to a running server, over its HTTP API.

The token comes from a file or from the environment, never from an argument, which everybody on the machine can read;
and it goes over TLS, or to this machine, and nowhere else. What can't be done is one sentence, and status 2.
"""

import json
import os
import ssl
import time
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener

import typer

from protocol.errors import UserError
from server.config import LOOPBACK
from server.restrictions import RESTRICTION_S_MAX
from server.roles import Role
from server.tokens import SUBJECT_CHARS_MAX, is_good_subject, secret_key, sign

TOKEN_VARIABLE: Final = "RICOCHET_ADMIN_TOKEN"
URL_VARIABLE: Final = "RICOCHET_ADMIN_URL"
ANSWER_S_MAX: Final = 10.0

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
admin = typer.Typer(help="Kick, ban, mute and forget people, close rooms, drain a server; make tokens.")
app.add_typer(admin, name="admin")

Url = Annotated[str, typer.Option(envvar=URL_VARIABLE, help="The server.")]
TokenFile = Annotated[Path | None, typer.Option(help=f"A file with an admin's token; else {TOKEN_VARIABLE} has it.")]
Ca = Annotated[Path | None, typer.Option(help="Who else may have signed the server's certificate (PEM).")]
Session = Annotated[str | None, typer.Option(help="One alone, as `sessions` shows it.")]
Room = Annotated[str | None, typer.Option(help="With --player: who sits there.")]
Player = Annotated[int | None, typer.Option(help="A player's number in the room.")]
Subject = Annotated[str | None, typer.Option(help="Whoever has a token of this subject.")]
Address = Annotated[str | None, typer.Option(help="All guests from this address, however many.")]
Name = Annotated[str | None, typer.Option(help="With --address: of these, those who are called so.")]
Seconds = Annotated[float, typer.Option(min=0, max=RESTRICTION_S_MAX, help="For how long.")]
Reason = Annotated[str, typer.Option(help="They are told.")]

HERE: Final = "http://127.0.0.1:8000"


@admin.command()
def kick(
    session: Session = None,
    room: Room = None,
    player: Player = None,
    subject: Subject = None,
    address: Address = None,
    name: Name = None,
    reason: Reason = "",
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """End somebody's conversation. They may come back."""
    _order("kick", url, token_file, ca, _whom(session, room, player, subject, address, name) | {"reason": reason})


@admin.command()
def ban(
    session: Session = None,
    room: Room = None,
    player: Player = None,
    subject: Subject = None,
    address: Address = None,
    name: Name = None,
    seconds: Seconds = 3600.0,
    reason: Reason = "",
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """Kick somebody, and keep them out for a while: by their token's subject, or else by their address."""
    whom = _whom(session, room, player, subject, address, name)
    _order("ban", url, token_file, ca, whom | {"seconds": seconds, "reason": reason})


@admin.command()
def unban(
    subject: Subject = None,
    address: Address = None,
    name: Name = None,
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """Let somebody in again."""
    _order("unban", url, token_file, ca, _whom(None, None, None, subject, address, name))


@admin.command()
def mute(
    session: Session = None,
    room: Room = None,
    player: Player = None,
    subject: Subject = None,
    address: Address = None,
    name: Name = None,
    seconds: Seconds = 3600.0,
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """Let nobody hear what somebody says, for a while."""
    _order("mute", url, token_file, ca, _whom(session, room, player, subject, address, name) | {"seconds": seconds})


@admin.command()
def unmute(
    session: Session = None,
    room: Room = None,
    player: Player = None,
    subject: Subject = None,
    address: Address = None,
    name: Name = None,
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """Let somebody be heard again."""
    _order("unmute", url, token_file, ca, _whom(session, room, player, subject, address, name))


@admin.command()
def close(
    room: Annotated[str, typer.Argument(help="Its name.")],
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """End a room and every conversation in it, for good. After the last room a fresh one is opened."""
    _order("close", url, token_file, ca, {"room": room})


@admin.command("delete-arena")
def delete_arena(
    arena: Annotated[str, typer.Argument(help="Its name in the library.")],
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """Remove an arena from the library, with all its versions. Rooms that are built from it go on."""
    print(_ask(f"arenas/{quote(arena, safe='')}", url, token_file, ca, method="DELETE")["done"])


@admin.command()
def drain(
    everywhere: Annotated[bool, typer.Option("--everywhere", help="All processes of its directory.")] = False,
    process: Annotated[str | None, typer.Option(help="Another one of them, by its id on the dashboard.")] = None,
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """Stop the server as SIGTERM does: players are told first."""
    if everywhere and process is not None:
        raise UserError("--everywhere and --process exclude each other")
    _order("drain", url, token_file, ca, {"everywhere": everywhere} if process is None else {"process": process})


@admin.command()
def forget(
    id: Annotated[str, typer.Argument(help="As in the address of their page, /player/ID.")],
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """Delete somebody's standings, and their name from all matches, for good."""
    _order("forget", url, token_file, ca, {"id": id})


@admin.command("players", hidden=True)
@admin.command()
def sessions(url: Url = HERE, token_file: TokenFile = None, ca: Ca = None) -> None:
    """Who is here, or expected back: one JSON object a line."""
    for line in _ask("admin/players", url, token_file, ca):
        print(json.dumps(line, ensure_ascii=True))


@admin.command()
def restrictions(url: Url = HERE, token_file: TokenFile = None, ca: Ca = None) -> None:
    """All bans and mutes: one JSON object a line."""
    for line in _ask("admin/restrictions", url, token_file, ca):
        print(json.dumps(line, ensure_ascii=True))


@admin.command()
def reports(url: Url = HERE, token_file: TokenFile = None, ca: Ca = None) -> None:
    """What people have told about others, with what was said: one JSON object a line, the oldest first."""
    for line in _ask("admin/reports", url, token_file, ca):
        print(json.dumps(line, ensure_ascii=True))


@admin.command()
def dismiss(
    report: Annotated[int, typer.Argument(help="Its number.")],
    url: Url = HERE,
    token_file: TokenFile = None,
    ca: Ca = None,
) -> None:
    """Take a report that has been dealt with from the list."""
    _order("dismiss", url, token_file, ca, {"report": report})


@admin.command()
def token(
    subject: Annotated[str, typer.Argument(help="Whose it is to be.")],
    secret: Annotated[Path, typer.Option(help="The file that the server has as jwt_secret.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.PLAYER,
    seconds: Annotated[int, typer.Option(min=1, help="How long it is good.")] = 3600,
    audience: Annotated[str | None, typer.Option(help="The server's jwt_audience, if it has one.")] = None,
    issuer: Annotated[str | None, typer.Option(help="The server's jwt_issuer, if it has one.")] = None,
) -> None:
    """Make a token, signed with HS256, and print it."""
    if not is_good_subject(subject):
        raise UserError(f"a subject is 1 to {SUBJECT_CHARS_MAX} printable characters")
    now_s = int(time.time())
    claims = {"sub": subject, "role": role.value, "iat": now_s, "exp": now_s + seconds, "aud": audience, "iss": issuer}
    print(sign(secret_key(_read(secret)), {name: value for name, value in claims.items() if value is not None}))


def _whom(
    session: str | None,
    room: str | None,
    player: int | None,
    subject: str | None,
    address: str | None,
    name: str | None,
) -> dict[str, Any]:
    named = {"session": session, "name": name, "room": room, "player": player, "subject": subject, "address": address}
    return {name: value for name, value in named.items() if value is not None}


def _order(action: str, url: str, token_file: Path | None, ca: Path | None, order: dict[str, Any]) -> None:
    print(_ask(f"admin/{action}", url, token_file, ca, json.dumps(order).encode())["done"])


def _ask(
    what: str,
    url: str,
    token_file: Path | None,
    ca: Path | None,
    body: bytes | None = None,
    method: str | None = None,
) -> Any:
    """What the server answers to a GET, or a POST with a `body`. Raises UserError."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UserError(f"{url} is no address: {error}") from None
    if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in LOOPBACK):
        raise UserError(f"{url} is not https, nor on this machine: a token doesn't go there")
    headers = {"Authorization": f"Bearer {_token(token_file)}", "Content-Type": "application/json"}
    request = Request(f"{url.rstrip('/')}/api/{what}", body, headers, method=method)
    opener = build_opener(HTTPSHandler(context=_trust(ca)), _NoRedirects)
    try:
        with opener.open(request, timeout=ANSWER_S_MAX) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise UserError(_why(error)) from None
    except (URLError, OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise UserError(f"{url} can't be asked: {getattr(reason, 'strerror', None) or reason}") from None


def _trust(ca: Path | None) -> ssl.SSLContext:
    """Whom the system trusts, and those in `ca`. Raises UserError."""
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise UserError(f"{ca} can't be used: {(error.strerror or str(error)).lower()}") from None


class _NoRedirects(HTTPRedirectHandler):
    """A token goes where it was sent, and nowhere that an answer sends it to."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _why(error: HTTPError) -> str:
    with error:
        try:
            return str(json.load(error)["error"])
        except (ValueError, KeyError, TypeError):
            return f"the server answers {error.code} {error.reason}"


def _token(file: Path | None) -> str:
    token = _read(file).decode("ascii", "replace") if file is not None else os.environ.get(TOKEN_VARIABLE, "")
    if not token.strip().isprintable() or not token.strip():
        raise UserError(f"an admin's token is needed: in {TOKEN_VARIABLE}, or in a file with --token-file")
    return token.strip()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} can't be read: {(error.strerror or str(error)).lower()}") from None
