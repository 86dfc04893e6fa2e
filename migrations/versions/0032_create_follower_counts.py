"""Create the counts of followers."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS

revision = "0032"
down_revision = "0031"


def upgrade():
    op.create_table(
        "follower_count",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_follower_count"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_follower_count_user_id_user", ondelete="CASCADE"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("follower_count")
