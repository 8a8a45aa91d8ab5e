"""What Alembic runs migrations with: the connection that `database` has opened, all of them in one transaction."""

from alembic import context

from server.standings.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
