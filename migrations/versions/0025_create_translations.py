"""Create translations of posts."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS, UTCDateTime

revision = "0025"
down_revision = "0024"


def upgrade():
    op.create_table(
        "translation",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("body", sa.String(4000), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "language", name="pk_translation"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_translation_post_id_post", ondelete="CASCADE"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("translation")
