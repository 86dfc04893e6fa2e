"""Create huey_counter, of the job queue: what it counts. As Huey 3.5's SqlStorage expects it."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS

revision = "0017"
down_revision = "0016"


def upgrade():
    op.create_table(
        "huey_counter",
        sa.Column("queue", sa.String(255), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "key", name="pk_huey_counter"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("huey_counter")
