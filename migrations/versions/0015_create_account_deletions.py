"""Create the requests to delete an account."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0015"
down_revision = "0014"


def upgrade():
    op.create_table(
        "account_deletion",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_account_deletion"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_account_deletion_user_id_user", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_account_deletion_due_at", "account_deletion", ["due_at"])


def downgrade():
    op.drop_table("account_deletion", if_exists=True)
