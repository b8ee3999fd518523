"""Alembic's entry: it runs on the connection that `store.schema` opened and holds."""

from __future__ import annotations

from alembic import context

from nurse_tui.models import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
