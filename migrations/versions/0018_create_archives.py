"""Create archives of what people wrote."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS, UTCDateTime

revision = "0018"
down_revision = "0017"


def upgrade():
    op.create_table(
        "archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archive"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_archive_user_id_user", ondelete="CASCADE"),
        sa.Index("ix_archive_user_id", "user_id"),
        sa.Index("ix_archive_created_at", "created_at"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("archive")
