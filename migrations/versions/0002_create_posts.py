"""Create posts."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS, UTCDateTime

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(1000), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_post_author_id_user", ondelete="CASCADE"),
        sa.Index("ix_post_author_id", "author_id"),
        sqlite_autoincrement=True,
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("post")
