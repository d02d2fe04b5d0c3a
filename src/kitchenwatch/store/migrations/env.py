"""Runs migrations on the connection that `Database.upgrade` hands over."""

from alembic import context

from kitchenwatch.store.tables import Table

# SQLite cannot alter most things in place: batch mode copies the table instead.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Table.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
