"""Create archives and their chunks."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, UTC_DATETIME, create_index

revision = "0007"
down_revision = "0006"


def upgrade():
    op.create_table(
        "archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", UTC_DATETIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archive"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_archive_user_id_user", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_index("ix_archive_user_id", "archive", ["user_id"])
    create_index("ix_archive_created_at", "archive", ["created_at"])
    op.create_table(
        "archive_chunk",
        sa.Column("archive_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("archive_id", "number", name="pk_archive_chunk"),
        sa.ForeignKeyConstraint(
            ["archive_id"], ["archive.id"], name="fk_archive_chunk_archive_id_archive", ondelete="CASCADE"
        ),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )


def downgrade():
    op.drop_table("archive_chunk", if_exists=True)
    op.drop_table("archive", if_exists=True)
