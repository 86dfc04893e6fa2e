"""Create the counts of people's posts and followers."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS

revision = "0032"
down_revision = "0031"


def upgrade():
    op.create_table(
        "user_counts",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_counts"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_user_counts_user_id_user", ondelete="CASCADE"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("user_counts")
