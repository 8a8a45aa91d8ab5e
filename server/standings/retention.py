"""What is kept no longer: old matches, old seasons, and people who have not been seen for long.

Little is removed at a time, so that nothing has to wait for it for long; there is a next time.
"""

from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.standings.tables import Account, Match, Season
from server.standings.writing import erase

Column = InstrumentedAttribute[int]

MATCHES_MAX: Final = 100_000
MATCHES_S_MAX: Final = 400 * 86_400
ACCOUNTS_MAX: Final = 1_000_000
ACCOUNTS_S_MAX: Final = 800 * 86_400
"""A guest's cookie is good for half as long."""
SEASONS_MAX: Final = 20
AT_ONCE_MAX: Final = 500


def prune(session: Session, now_s: float, matches_max: int = MATCHES_MAX, accounts_max: int = ACCOUNTS_MAX) -> int:
    """Remove some of it; how much, so that whoever asks knows whether there may be more."""
    old = select(Match.id).where(Match.ended_s < now_s - MATCHES_S_MAX).order_by(Match.ended_s).limit(AT_ONCE_MAX)
    away = select(Account.id).where(Account.seen_s < now_s - ACCOUNTS_S_MAX).order_by(Account.seen_s).limit(AT_ONCE_MAX)
    past = select(Season.id).order_by(Season.starts_s.desc()).offset(SEASONS_MAX).limit(1)
    matches = set(session.scalars(old)) | _surplus(session, Match.id, Match.ended_s, matches_max)
    accounts = set(session.scalars(away)) | _surplus(session, Account.id, Account.seen_s, accounts_max)
    seasons = set(session.scalars(past))
    session.execute(delete(Match).where(Match.id.in_(matches)))
    erase(session, accounts)
    session.execute(delete(Season).where(Season.id.in_(seasons)))
    return len(matches) + len(accounts) + len(seasons)


def _surplus(session: Session, key: Column, age: Column, most: int) -> set[int]:
    """The oldest of what there are too many of: matches played, or people seen, longest ago."""
    too_many = (session.scalar(select(func.count(key))) or 0) - most
    if too_many <= 0:
        return set()
    return set(session.scalars(select(key).order_by(age, key).limit(min(too_many, AT_ONCE_MAX))))
