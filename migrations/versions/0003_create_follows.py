"""Create follows."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS, UTCDateTime

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table(
        "follow",
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("followed_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name="pk_follow"),
        sa.ForeignKeyConstraint(["follower_id"], ["user.id"], name="fk_follow_follower_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["followed_id"], ["user.id"], name="fk_follow_followed_id_user", ondelete="CASCADE"),
        sa.Index("ix_follow_followed_id", "followed_id"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("follow")
