"""Create the outbox of mails."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0011"
down_revision = "0010"


def upgrade():
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.Column("due_at", UTC_DATETIME, nullable=False),
        sa.Column("expires_at", UTC_DATETIME, nullable=False),
        sa.Column("ended_at", UTC_DATETIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_mail"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_outbox_mail_user_id_user", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_outbox_mail_user_id", "outbox_mail", ["user_id"])
    create_index("ix_outbox_mail_state_due_at", "outbox_mail", ["state", "due_at"])
    create_index("ix_outbox_mail_ended_at", "outbox_mail", ["ended_at"])


def downgrade():
    op.drop_table("outbox_mail", if_exists=True)
