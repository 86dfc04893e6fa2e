"""Create messages and their conversations."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0004"
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
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_conversation_owner_id_last_message_id", "conversation", ["owner_id", "last_message_id"])
    create_index("ix_conversation_owner_id_unread", "conversation", ["owner_id", "unread"])
    create_index("ix_conversation_other_id", "conversation", ["other_id"])
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("outgoing", sa.Boolean(), nullable=False),
        sa.Column("body", sa.String(3500), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_message_conversation_id_conversation", ondelete="CASCADE"
        ),
        if_not_exists=True,
        sqlite_autoincrement=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_message_conversation_id", "message", ["conversation_id"])


def downgrade():
    op.drop_table("message", if_exists=True)
    op.drop_table("conversation", if_exists=True)
