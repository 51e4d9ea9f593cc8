"""Alembic environment: runs the migrations in the transaction that `upgrade` has begun."""

from alembic import context

from data.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
