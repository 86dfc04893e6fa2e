"""Create translations of posts."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME

revision = "0009"
down_revision = "0008"


def upgrade():
    op.create_table(
        "translation",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("body", sa.String(4000), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "language", name="pk_translation"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_translation_post_id_post", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("translation", if_exists=True)
