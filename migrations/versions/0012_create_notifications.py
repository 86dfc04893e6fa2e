"""Create notifications."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS, UTCDateTime

revision = "0012"
down_revision = "0011"


def upgrade():
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_notification_user_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name="fk_notification_actor_id_user", ondelete="CASCADE"),
        sa.Index("ix_notification_user_id", "user_id"),
        sa.Index("ix_notification_user_id_unread_kind", "user_id", "unread", "kind"),
        sa.Index("ix_notification_actor_id_user_id", "actor_id", "user_id"),
        sqlite_autoincrement=True,
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("notification")
