"""Declarations of the console, revisions of users, and what the audit log is searched by.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "declaration",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_declaration"),
    )
    op.add_column("user", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    for column in ("actor", "action", "subject", "address"):
        op.create_index(f"ix_audit_{column}", "audit", [column, "id"])
