"""Create huey_task, of the job queue: what is to be done. As Huey 3.5's SqlStorage expects it."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS

revision = "0014"
down_revision = "0013"


def upgrade():
    op.create_table(
        "huey_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(255), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_huey_task"),
        sa.Index("ix_huey_task_priority_id", "priority", "id"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("huey_task")
