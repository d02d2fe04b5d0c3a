"""The case loop: orders, steps, uploads.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

UTC = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("user", sa.Column("phone", sa.String(length=32), nullable=False, server_default=""))
    for column in (
        sa.Column("mistaken", sa.String(length=16), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False, server_default="camera"),
        sa.Column("found_by", sa.String(length=64), nullable=True),
        sa.Column("severity", sa.String(length=16), nullable=True),
        sa.Column("asked", sa.Text(), nullable=False, server_default=""),
        sa.Column("round", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("deadline", UTC, nullable=True),
        sa.Column("overdue_at", UTC, nullable=True),
    ):
        op.add_column("case", column)
    op.create_index("ix_case_status_newest", "case", ["status", "opened_at", "id"])
    op.create_index("ix_case_status_score", "case", ["status", "score", "id"])
    op.drop_index("ix_case_camera_id", "case")
    op.create_index("ix_case_camera_newest", "case", ["camera_id", "opened_at", "id"])
    op.drop_index("ix_case_kind", "case")
    op.create_index("ix_case_kind_newest", "case", ["kind", "opened_at", "id"])
    op.create_index("ix_case_deadline", "case", ["status", "deadline"])
    op.create_index("ix_case_figures", "case", ["opened_at", "kind", "status", "site_id"])
    _steps()
    _uploads()


def _steps() -> None:
    op.create_table(
        "case_step",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("at", UTC, nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("deadline", UTC, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("seal_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_step"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_case_step_case_id"),
    )
    op.create_index("ix_case_step_case_id", "case_step", ["case_id"])


def _uploads() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", SERIAL, nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("shown_key", sa.String(length=400), nullable=False),
        sa.Column("shown_sha256", sa.String(length=64), nullable=False),
        sa.Column("shown_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("taken_at", UTC, nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("accuracy", sa.Double(), nullable=True),
        sa.Column("phash", sa.String(length=16), nullable=False),
        sa.Column("doubts", sa.JSON(), nullable=False),
        sa.Column("seal_seq", sa.Integer(), nullable=False),
        sa.Column("deleted_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_upload"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_upload_case_id"),
        sa.ForeignKeyConstraint(["step_id"], ["case_step.id"], name="fk_upload_step_id"),
        sa.UniqueConstraint("key", name="uq_upload_key"),
    )
    for column in ("at", "case_id", "sha256", "step_id"):
        op.create_index(f"ix_upload_{column}", "upload", [column])
