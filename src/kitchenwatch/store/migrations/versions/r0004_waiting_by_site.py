"""What waits is counted for those who see some sites only.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("ix_case_status_site", "case", ["status", "site_id"])
