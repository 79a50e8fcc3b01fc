"""Alembic's environment script: runs the migrations over the connection that `migrations.upgrade` passes."""

from alembic import context

from newsbot.store.schema.migrations import VERSION_TABLE, is_ours
from newsbot.store.schema.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    include_name=is_ours,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
