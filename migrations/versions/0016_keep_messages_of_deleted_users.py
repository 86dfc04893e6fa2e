"""Let a conversation outlive the other user's account."""

import sqlalchemy as sa
from alembic import op

from migrations.operations import changed_table

revision = "0016"
down_revision = "0015"


def upgrade():
    with changed_table("conversation") as conversation:
        conversation.alter_column("other_id", existing_type=sa.Integer(), nullable=True)


def downgrade():
    conversation = sa.table("conversation", sa.column("other_id"))
    op.execute(conversation.delete().where(conversation.c.other_id.is_(None)))
    with changed_table("conversation") as table:
        table.alter_column("other_id", existing_type=sa.Integer(), nullable=False)
