"""Create huey_kv, of the job queue: what it keeps by key. As Huey 3.5's SqlStorage expects it."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS

revision = "0016"
down_revision = "0015"


def upgrade():
    op.create_table(
        "huey_kv",
        sa.Column("queue", sa.String(255), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "key", name="pk_huey_kv"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("huey_kv")
