"""Create conversations."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS

revision = "0010"
down_revision = "0003"


def upgrade():
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("last_message_id", sa.Integer(), nullable=False),
        sa.Column("seen_id", sa.Integer(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_conversation_owner_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["other_id"], ["user.id"], name="fk_conversation_other_id_user", ondelete="CASCADE"),
        sa.UniqueConstraint("owner_id", "other_id", name="uq_conversation_owner_id_other_id"),
        sa.Index("ix_conversation_owner_id_last_message_id", "owner_id", "last_message_id"),
        sa.Index("ix_conversation_owner_id_unread", "owner_id", "unread"),
        sa.Index("ix_conversation_other_id", "other_id"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("conversation")
