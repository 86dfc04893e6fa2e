"""Create follows."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "follow",
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("followed_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("follower_id", "followed_id", name="pk_follow"),
        sa.ForeignKeyConstraint(["follower_id"], ["user.id"], name="fk_follow_follower_id_user", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["followed_id"], ["user.id"], name="fk_follow_followed_id_user", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_follow_followed_id", "follow", ["followed_id"])


def downgrade():
    op.drop_table("follow", if_exists=True)
