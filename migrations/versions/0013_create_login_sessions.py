"""Create the sessions of users, and drop the id that all sessions of a user shared. Everybody signs in again."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import (
    TABLE_OPTIONS,
    UTC_DATETIME,
    changed_table,
    create_index,
    has_column,
    has_unique_constraint,
    is_sqlite,
)

revision = "0013"
down_revision = "0012"


def upgrade():
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(32), nullable=False),
        sa.Column("system", sa.String(32), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.Column("last_seen_at", UTC_DATETIME, nullable=False),
        sa.Column("expires_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_session"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_login_session_user_id_user", ondelete="CASCADE"),
        sa.UniqueConstraint("token_hash", name="uq_login_session_token_hash"),
        if_not_exists=True,
        sqlite_autoincrement=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_login_session_user_id", "login_session", ["user_id"])
    create_index("ix_login_session_expires_at", "login_session", ["expires_at"])
    if has_column("user", "session_id", offline=True):
        with changed_table("user") as user:
            if is_sqlite():  # elsewhere the constraint goes with its only column
                user.drop_constraint("uq_user_session_id", type_="unique")
            user.drop_column("session_id")


def downgrade():
    op.drop_table("login_session", if_exists=True)
    if not has_column("user", "session_id", offline=False):
        op.add_column("user", sa.Column("session_id", sa.String(43), nullable=True))
    # It need not be secret: the cookie that holds it is signed.
    random_id = sa.func.lower(sa.func.hex(sa.func.randomblob(16))) if is_sqlite() else sa.func.uuid()
    user = sa.table("user", sa.column("session_id"))
    op.execute(user.update().where(user.c.session_id.is_(None)).values(session_id=random_id))
    if not has_unique_constraint("user", "uq_user_session_id"):
        with changed_table("user") as table:
            table.alter_column("session_id", existing_type=sa.String(43), nullable=False)
            table.create_unique_constraint("uq_user_session_id", ["session_id"])
