"""What is asked of standings, within a transaction that somebody else has begun. See `repository`."""

from math import ceil
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.standings.answers import Person, Played, Rating, Row, Stand, Table
from server.standings.rating import Skill
from server.standings.rules import FIGURES_MAX
from server.standings.seasons import season_of
from server.standings.tables import Account, Line, Match, Season, Standing

PAGE_ROWS: Final = 50
PAGES_MAX: Final = 200
"""Farther down nobody looks."""
MATCHES_SHOWN: Final = 100
STANDINGS_SHOWN: Final = 40
GAMES_MAX: Final = 32
SEASONS_SHOWN: Final = 40


def find_table(session: Session, now_s: float, game: str = "", season: str = "", page: int = 1) -> Table | None:
    """A page of a table: of the season that is under way, and of what most people play, unless others are named.

    None: there is no such season.
    """
    present = season_of(now_s)
    seasons = select(Season.id, Season.name, Season.ends_s).order_by(Season.starts_s.desc()).limit(SEASONS_SHOWN)
    known = {name: (number, ends_s) for number, name, ends_s in session.execute(seasons)}
    season = season or present.name
    if season not in known and season != present.name:
        return None
    number, ends_s = known.get(season, (0, present.ends_s))
    players = _players_of(session, number)
    game = game or next(iter(players), "")
    people = players.get(game, 0)
    pages = max(1, min(PAGES_MAX, ceil(people / PAGE_ROWS)))
    page = max(1, min(page, pages))
    rows = _rows(session, number, game, PAGE_ROWS * (page - 1))
    return Table(
        game=game,
        games=list(players),
        season=season,
        seasons=list(dict.fromkeys([present.name, *known])),
        ends_s=ends_s,
        page=page,
        pages=pages,
        people=people,
        figures=list(dict.fromkeys(name for row in rows for name in row.rating.figures))[:FIGURES_MAX],
        rows=rows,
    )


def find_person(session: Session, public_id: str, now_s: float) -> Person | None:
    """Somebody's page; None: there is nobody of that id."""
    present = season_of(now_s).name
    account = session.scalar(select(Account).where(Account.public_id == public_id))
    if account is None:
        return None
    return Person(
        id=account.public_id,
        name=account.name,
        since_s=account.created_s,
        season=present,
        standings=_stands(session, account.id, present),
        matches=_matches(session, account.id),
    )


def _players_of(session: Session, season: int) -> dict[str, int]:
    """How many have played each game; what most have played comes first."""
    count = func.count()
    counted = select(Standing.game, count).where(Standing.season_id == season).group_by(Standing.game)
    rows = session.execute(counted.order_by(count.desc(), Standing.game).limit(GAMES_MAX))
    return {row[0]: row[1] for row in rows}


def _rows(session: Session, season: int, game: str, offset: int) -> list[Row]:
    ladder = (
        select(Standing, Account.public_id, Account.name)
        .join(Account, Account.id == Standing.account_id)
        .where(Standing.season_id == season, Standing.game == game)
        .order_by(Standing.points.desc(), Standing.account_id)
        .limit(PAGE_ROWS)
        .offset(offset)
    )
    return [
        Row(public_id, name, _rating(standing, rank))
        for rank, (standing, public_id, name) in enumerate(session.execute(ladder), offset + 1)
    ]


def _stands(session: Session, account: int, present: str) -> list[Stand]:
    mine = (
        select(Standing, Season.name)
        .join(Season, Season.id == Standing.season_id)
        .where(Standing.account_id == account)
        .order_by(Season.starts_s.desc(), Standing.matches.desc(), Standing.game)
        .limit(STANDINGS_SHOWN)
    )
    return [
        Stand(one.game, season, _rating(one, _rank(session, one) if season == present else 0))
        for one, season in session.execute(mine).all()
    ]


def _rank(session: Session, mine: Standing) -> int:
    is_before = or_(
        Standing.points > mine.points,
        (Standing.points == mine.points) & (Standing.account_id < mine.account_id),
    )
    same_table = (Standing.season_id == mine.season_id, Standing.game == mine.game)
    return 1 + (session.scalar(select(func.count()).select_from(Standing).where(*same_table, is_before)) or 0)


def _rating(standing: Standing, rank: int) -> Rating:
    skill = Skill(standing.mu, standing.sigma)
    return Rating(
        rank=rank,
        points=standing.points,
        give_or_take=skill.give_or_take,
        certainty=skill.certainty,
        matches=standing.matches,
        wins=standing.wins,
        figures=standing.figures,
    )


def _matches(session: Session, account: int) -> list[Played]:
    latest = (
        select(Line, Match)
        .join(Match, Match.id == Line.match_id)
        .where(Line.account_id == account)
        .order_by(Match.id.desc())
        .limit(MATCHES_SHOWN)
    )
    return [_shown(line, match) for line, match in session.execute(latest)]


def _shown(line: Line, match: Match) -> Played:
    return Played(
        game=match.game,
        arena=match.arena,
        ended_s=match.ended_s,
        seconds=match.seconds,
        place=line.place,
        people=match.people,
        score=line.score,
        figures=line.figures,
        points=line.points,
        change=line.change,
        has_left=line.has_left,
    )
