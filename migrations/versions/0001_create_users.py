"""Create users."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS, UTCDateTime

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
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("username_key", name="uq_user_username_key"),
        sa.UniqueConstraint("email_key", name="uq_user_email_key"),
        sa.UniqueConstraint("session_id", name="uq_user_session_id"),
        sqlite_autoincrement=True,
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("user")
