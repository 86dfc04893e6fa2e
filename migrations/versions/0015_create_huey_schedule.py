"""Create huey_schedule, of the job queue: what is to be done later. As Huey 3.5's SqlStorage expects it."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS

revision = "0015"
down_revision = "0014"


def upgrade():
    op.create_table(
        "huey_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(255), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_huey_schedule"),
        sa.Index("ix_huey_schedule_queue_timestamp", "queue", "timestamp"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("huey_schedule")
