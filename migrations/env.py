"""How Alembic reaches the database: through the application's own engine, one process at a time."""

from logging.config import fileConfig

from alembic import context
from flask import current_app

from app.database import db, migration_lock
from app.posts import models as _posts  # noqa: F401  every model must be known to compare it with the database
from app.relationships import models as _relationships  # noqa: F401
from app.users import models as _users  # noqa: F401

fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def run_offline():
    """Write the SQL instead of running it (`flask db upgrade --sql`)."""
    context.configure(url=db.engine.url, target_metadata=db.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online():
    """Change the schema under the lock; whoever waited for it then finds nothing left to do."""
    with db.engine.connect() as connection, migration_lock(connection, current_app.config["DB_WAIT_SECONDS"]):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
