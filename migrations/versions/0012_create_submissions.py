"""Create submissions."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0012"
down_revision = "0011"


def upgrade():
    op.create_table(
        "submission",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("payload_hash", sa.String(64), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key_hash", name="pk_submission"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_submission_user_id_user", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_submission_created_at", "submission", ["created_at"])


def downgrade():
    op.drop_table("submission", if_exists=True)
