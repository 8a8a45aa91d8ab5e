"""What each match did to a rating, and who had left it. Of matches that are there already, neither is known."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("placings") as placings:
        placings.add_column(sa.Column("change", sa.Integer(), nullable=False, server_default="0"))
        placings.add_column(sa.Column("has_left", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("placings") as placings:
        placings.alter_column("change", server_default=None)
        placings.alter_column("has_left", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("placings") as placings:
        placings.drop_column("has_left")
        placings.drop_column("change")
