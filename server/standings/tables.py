"""The tables, as SQLAlchemy has them. What a database has is made by `migrations`; a test holds both to the same.

    accounts    one for each person: what they are known by (`subject`), and what others may know them by (`public_id`)
    seasons     those in which somebody has played
    standings   one line for each person, season and game
    matches     the latest ones
    placings    who was in them; a person who wishes to be forgotten leaves their line behind, without a name

Moments are Unix time in whole seconds.
"""

from typing import Final

from sqlalchemy import JSON, BigInteger, Boolean, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from protocol.limits import NAME_CHARS_MAX
from server.standings.rules import LABEL_CHARS_MAX, SUBJECT_CHARS_MAX

PUBLIC_ID_CHARS: Final = 16


class Base(DeclarativeBase):
    """All tables."""


class Account(Base):
    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("subject", name="accounts_subject"),
        UniqueConstraint("public_id", name="accounts_public_id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    subject: Mapped[str] = mapped_column(String(SUBJECT_CHARS_MAX))
    public_id: Mapped[str] = mapped_column(String(PUBLIC_ID_CHARS))
    name: Mapped[str] = mapped_column(String(NAME_CHARS_MAX))
    created_s: Mapped[int] = mapped_column(BigInteger)
    seen_s: Mapped[int] = mapped_column(BigInteger, index=True)


class Season(Base):
    __tablename__ = "seasons"
    __table_args__ = (UniqueConstraint("name", name="seasons_name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(LABEL_CHARS_MAX))
    starts_s: Mapped[int] = mapped_column(BigInteger)
    ends_s: Mapped[int] = mapped_column(BigInteger)


class Standing(Base):
    __tablename__ = "standings"
    __table_args__ = (Index("standings_ladder", "season_id", "game", "points", "account_id"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("seasons.id", ondelete="CASCADE"), primary_key=True)
    game: Mapped[str] = mapped_column(String(LABEL_CHARS_MAX), primary_key=True)
    mu: Mapped[float] = mapped_column(Float(53))
    sigma: Mapped[float] = mapped_column(Float(53))
    points: Mapped[int] = mapped_column(Integer)
    """Of the skill; kept, for tables are ordered by it."""
    matches: Mapped[int] = mapped_column(Integer)
    wins: Mapped[int] = mapped_column(Integer)
    figures: Mapped[dict[str, int]] = mapped_column(JSON)
    """The game's own, added up."""


class Match(Base):
    __tablename__ = "matches"
    __table_args__ = (UniqueConstraint("key", "ended_s", name="matches_key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(LABEL_CHARS_MAX))
    """See `backlog.Played`: a match that is written down twice counts once."""
    season_id: Mapped[int] = mapped_column(ForeignKey("seasons.id", ondelete="CASCADE"))
    game: Mapped[str] = mapped_column(String(LABEL_CHARS_MAX))
    arena: Mapped[str] = mapped_column(String(LABEL_CHARS_MAX))
    ended_s: Mapped[int] = mapped_column(BigInteger, index=True)
    seconds: Mapped[int] = mapped_column(Integer)
    people: Mapped[int] = mapped_column(Integer)


class Line(Base):
    __tablename__ = "placings"
    __table_args__ = (Index("placings_account", "account_id", "match_id"),)

    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(NAME_CHARS_MAX))
    """At the time."""
    team: Mapped[int] = mapped_column(Integer)
    place: Mapped[int] = mapped_column(Integer)
    score: Mapped[int] = mapped_column(Integer)
    figures: Mapped[dict[str, int]] = mapped_column(JSON)
    points: Mapped[int] = mapped_column(Integer)
    """Afterwards."""
    change: Mapped[int] = mapped_column(Integer)
    has_left: Mapped[bool] = mapped_column(Boolean)
