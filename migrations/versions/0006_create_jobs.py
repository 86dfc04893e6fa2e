"""Create jobs, and the tables of their queue, as SqlStorage of Huey 3.5 expects them."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0006"
down_revision = "0005"


def upgrade():
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(8), nullable=True),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.Column("updated_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_job_user_id_user", ondelete="CASCADE"),
        sa.UniqueConstraint("user_id", "kind", name="uq_job_user_id_kind"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    op.create_table(
        "huey_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(255), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_huey_task"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_huey_task_priority_id", "huey_task", ["priority", "id"])
    op.create_table(
        "huey_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(255), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_huey_schedule"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_huey_schedule_queue_timestamp", "huey_schedule", ["queue", "timestamp"])
    op.create_table(
        "huey_kv",
        sa.Column("queue", sa.String(255), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "key", name="pk_huey_kv"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    op.create_table(
        "huey_counter",
        sa.Column("queue", sa.String(255), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "key", name="pk_huey_counter"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("huey_counter", if_exists=True)
    op.drop_table("huey_kv", if_exists=True)
    op.drop_table("huey_schedule", if_exists=True)
    op.drop_table("huey_task", if_exists=True)
    op.drop_table("job", if_exists=True)
