"""Create tasks: what people see of background jobs."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS, UTCDateTime

revision = "0013"
down_revision = "0012"


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
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_job_user_id_user", ondelete="CASCADE"),
        sa.UniqueConstraint("user_id", "kind", name="uq_job_user_id_kind"),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("job")
