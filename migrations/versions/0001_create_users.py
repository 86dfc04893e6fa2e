"""Create users, and the cached counts of their posts and followers."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("username_key", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("display_name", sa.String(400), nullable=False),
        sa.Column("about_me", sa.String(1000), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("locale", sa.String(8), nullable=True),
        sa.Column("session_id", sa.String(43), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.Column("last_seen_at", UTC_DATETIME, nullable=False),
        sa.Column("is_administrator", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("username_key", name="uq_user_username_key"),
        sa.UniqueConstraint("email_key", name="uq_user_email_key"),
        sa.UniqueConstraint("session_id", name="uq_user_session_id"),
        if_not_exists=True,
        sqlite_autoincrement=True,
        **TABLE_OPTIONS,
    )
    op.create_table(
        "user_counts",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_counts"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_user_counts_user_id_user", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("user_counts", if_exists=True)
    op.drop_table("user", if_exists=True)
