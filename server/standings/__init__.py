"""Standings: who has played how well, season by season.

    rating      how good somebody is, as far as is known         pure
    seasons     which season a moment belongs to                 pure
    rules       who counts in a match, and how they came out     pure
    backlog     results that wait to be written down             pure
    guests      the cookie that a guest is recognised by         pure
    answers     what is said of all this, as JSON has it         pure
    tables      the tables, as SQLAlchemy has them
    database    SQLite or PostgreSQL, brought up to date by `migrations`
    repository  what is written and what is asked
    service     all of it beside the game: one thread, never the tick's

A room tells what became of a match (`server.results`); nothing here is ever waited for by a tick.
"""
