"""Add the language of posts; of those that are there it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0020"


def upgrade():
    op.add_column("post", sa.Column("language", sa.String(8), nullable=True))


def downgrade():
    op.drop_column("post", "language")
