"""Add who is an administrator; nobody is yet."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0025"


def upgrade():
    # The default is the database's, for replicas of the version before that still make accounts meanwhile.
    op.add_column("user", sa.Column("is_administrator", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column("user", "is_administrator")
