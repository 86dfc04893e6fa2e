"""Add whether a user's address is confirmed. Those of existing users count as confirmed, as they did before."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import has_column

revision = "0014"
down_revision = "0013"


def upgrade():
    if not has_column("user", "email_confirmed", offline=False):
        op.add_column("user", sa.Column("email_confirmed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.table("user", sa.column("email_confirmed")).update().values(email_confirmed=sa.true()))


def downgrade():
    if has_column("user", "email_confirmed", offline=True):
        op.drop_column("user", "email_confirmed")
