"""Create notifications."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0005"
down_revision = "0004"


def upgrade():
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_notification_user_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_notification_actor_id_user", ondelete="CASCADE"),
        if_not_exists=True,
        sqlite_autoincrement=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_notification_user_id", "notification", ["user_id"])
    create_index("ix_notification_user_id_unread_kind", "notification", ["user_id", "unread", "kind"])
    create_index("ix_notification_actor_id_user_id", "notification", ["actor_id", "user_id"])


def downgrade():
    op.drop_table("notification", if_exists=True)
