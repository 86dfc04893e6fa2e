"""Find submissions by their key alone, also those of users who are not signed in. Rows, kept for a day, are dropped."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0017"
down_revision = "0016"


def upgrade():
    create_table(sa.PrimaryKeyConstraint("key_hash", name="pk_submission"), needs_user=False)
    create_index("ix_submission_user_id", "submission", ["user_id"])
    create_index("ix_submission_created_at", "submission", ["created_at"])


def downgrade():
    create_table(sa.PrimaryKeyConstraint("user_id", "key_hash", name="pk_submission"), needs_user=True)
    create_index("ix_submission_created_at", "submission", ["created_at"])


def create_table(primary_key, needs_user):
    op.drop_table("submission", if_exists=True)
    op.create_table(
        "submission",
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=not needs_user),
        sa.Column("payload_hash", sa.String(64), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        primary_key,
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_submission_user_id_user", ondelete="CASCADE"),
        **TABLE_OPTIONS,
    )
