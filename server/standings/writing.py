"""What is written of a match, within a transaction that somebody else has begun. See `repository`."""

from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.standings.backlog import Played
from server.standings.rating import Side, Skill, rate
from server.standings.rules import FIGURES_MAX, NUMBER_MAX, Entrant, label
from server.standings.seasons import season_of
from server.standings.tables import Account, Line, Match, Season, Standing


def write_match(session: Session, played: Played, people: Sequence[Entrant], new_id: Callable[[], str]) -> None:
    """What became of `people` in it: matches, wins, figures and ratings."""
    now_s, game = int(played.ended_s), label(played.result.game)
    season = _season(session, played.ended_s)
    accounts = _accounts(session, people, now_s, new_id)
    standings = _standings(session, season, game, [accounts[one.subject].id for one in people])
    mine = [standings[accounts[one.subject].id] for one in people]
    old = [Skill(one.mu, one.sigma) for one in mine]
    new = _rated(people, old)
    match = _match(played, season, game, len(people))
    session.add(match)
    session.flush()
    for number, (one, standing) in enumerate(zip(people, mine, strict=True)):
        _count(standing, one, new[number])
        session.add(_line(match, number, accounts[one.subject], one, new[number], old[number]))


def erase(session: Session, accounts: Collection[int]) -> None:
    """These are gone with their standings; their matches name nobody in their place."""
    session.execute(update(Line).where(Line.account_id.in_(accounts)).values(name="", account_id=None))
    session.execute(delete(Account).where(Account.id.in_(accounts)))


def _accounts(session: Session, people: Sequence[Entrant], now_s: int, new_id: Callable[[], str]) -> dict[str, Account]:
    """Everybody's, by subject; no other server changes these until the transaction ends."""
    subjects = [one.subject for one in people]
    known = select(Account).where(Account.subject.in_(subjects)).order_by(Account.id).with_for_update()
    accounts = {account.subject: account for account in session.scalars(known)}
    for one in people:
        account = accounts.get(one.subject)
        if account is None:
            account = accounts[one.subject] = Account(subject=one.subject, public_id=new_id(), created_s=now_s)
            session.add(account)
        account.name, account.seen_s = one.name, now_s
    session.flush()
    return accounts


def _season(session: Session, ended_s: float) -> Season:
    span = season_of(ended_s)
    season = session.scalar(select(Season).where(Season.name == span.name))
    if season is None:
        season = Season(name=span.name, starts_s=span.starts_s, ends_s=span.ends_s)
        session.add(season)
        session.flush()
    return season


def _standings(session: Session, season: Season, game: str, accounts: Sequence[int]) -> dict[int, Standing]:
    """Everybody's, by account. Who plays for the first time in a season goes on from their last one."""
    mine = select(Standing).where(
        Standing.account_id.in_(accounts), Standing.season_id == season.id, Standing.game == game
    )
    standings = {standing.account_id: standing for standing in session.scalars(mine)}
    missing = [account for account in accounts if account not in standings]
    earlier = (
        select(Standing.account_id, Standing.mu, Standing.sigma)
        .join(Season, Season.id == Standing.season_id)
        .where(Standing.account_id.in_(missing), Standing.game == game, Season.starts_s < season.starts_s)
        .order_by(Season.starts_s)
    )
    last = {account: Skill(mu, sigma).carried_over() for account, mu, sigma in session.execute(earlier)}
    for account in missing:
        skill = last.get(account, Skill())
        standing = Standing(
            account_id=account,
            season_id=season.id,
            game=game,
            mu=skill.mu,
            sigma=skill.sigma,
            points=skill.points,
            matches=0,
            wins=0,
            figures={},
        )
        session.add(standing)
        standings[account] = standing
    return standings


def _rated(people: Sequence[Entrant], skills: Sequence[Skill]) -> list[Skill]:
    """Everybody's skill after the match, in their order."""
    sides: dict[int, list[int]] = {}
    for number, one in enumerate(people):
        sides.setdefault(one.side, []).append(number)
    members = list(sides.values())
    rated = rate([Side(people[who[0]].place, [skills[number] for number in who]) for who in members])
    after = {
        number: skill for who, team in zip(members, rated, strict=True) for number, skill in zip(who, team, strict=True)
    }
    return [after[number] for number in range(len(people))]


def _match(played: Played, season: Season, game: str, people: int) -> Match:
    result = played.result
    return Match(
        key=played.key,
        season_id=season.id,
        game=game,
        arena=label(result.arena),
        ended_s=int(played.ended_s),
        seconds=max(0, result.ended_tick - result.started_tick) // max(1, result.tick_rate),
        people=people,
    )


def _count(standing: Standing, one: Entrant, skill: Skill) -> None:
    standing.mu, standing.sigma, standing.points = skill.mu, skill.sigma, skill.points
    standing.matches += 1
    standing.wins += one.won
    standing.figures = _added(standing.figures, one.figures)


def _added(total: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Both together; when a game has counted too many things, the latest."""
    names = list(dict.fromkeys([*more, *total]))[:FIGURES_MAX]
    return {name: min(NUMBER_MAX, total.get(name, 0) + more.get(name, 0)) for name in names}


def _line(match: Match, number: int, account: Account, one: Entrant, skill: Skill, old: Skill) -> Line:
    return Line(
        match_id=match.id,
        number=number,
        account_id=account.id,
        name=one.name,
        team=one.team,
        place=one.place,
        score=one.score,
        figures=one.figures,
        points=skill.points,
        change=skill.points - old.points,
        has_left=one.has_left,
    )
