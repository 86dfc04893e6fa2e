"""Create the pieces of archives."""

import sqlalchemy as sa
from alembic import op

from app.database import TABLE_OPTIONS

revision = "0019"
down_revision = "0018"


def upgrade():
    op.create_table(
        "archive_chunk",
        sa.Column("archive_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("archive_id", "number", name="pk_archive_chunk"),
        sa.ForeignKeyConstraint(
            ["archive_id"], ["archive.id"], name="fk_archive_chunk_archive_id_archive", ondelete="CASCADE"
        ),
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("archive_chunk")
