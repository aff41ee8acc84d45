"""Alembic's way in: the steps run upon the connection that ``python -m <package> migrate`` holds."""

from alembic import context

from common.eventstore.migrating import run

run(context)
