"""How a database of any earlier version becomes one of this: Alembic's revisions, run when the server starts."""
