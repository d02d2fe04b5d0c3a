"""The first tables.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

UTC = sa.DateTime(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_table(
        "district",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_district"),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", SERIAL, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("district_id", sa.String(length=64), nullable=True),
        sa.Column("site_id", sa.String(length=64), nullable=True),
        sa.Column("camera_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("only_channel", sa.String(length=64), nullable=True),
        sa.Column("fanned_out", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_outbox"),
        sa.UniqueConstraint("id", name="uq_outbox_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_fanned_out", "outbox", ["fanned_out"])
    op.create_table(
        "user",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("districts", sa.JSON(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("disabled_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_user"),
    )
    op.create_table(
        "delivery",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("outbox_seq", SERIAL, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("delivered_at", UTC, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("digest_seq", SERIAL, nullable=True),
        sa.ForeignKeyConstraint(["digest_seq"], ["outbox.seq"], name="fk_delivery_digest_seq"),
        sa.ForeignKeyConstraint(["outbox_seq"], ["outbox.seq"], name="fk_delivery_outbox_seq"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("outbox_seq", "channel", name="uq_delivery_outbox_seq"),
    )
    op.create_index("ix_delivery_digest", "delivery", ["digest_seq"])
    op.create_index("ix_delivery_due", "delivery", ["status", "channel", "outbox_seq"])
    op.create_index("ix_delivery_order", "delivery", ["channel", "subject", "status", "outbox_seq"])
    op.create_index("ix_delivery_pushed", "delivery", ["channel", "delivered_at"])
    op.create_table(
        "site",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("district_id", sa.String(length=64), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name="fk_site_district_id"),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_index("ix_site_district_id", "site", ["district_id"])
    op.create_table(
        "token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=True),
        sa.Column("revoked_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["user_name"], ["user.name"], name="fk_token_user_name"),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("sha256", name="uq_token_sha256"),
    )
    op.create_index("ix_token_user_name", "token", ["user_name"])
    op.create_table(
        "camera",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_camera_site_id"),
        sa.PrimaryKeyConstraint("id", name="pk_camera"),
    )
    op.create_index("ix_camera_site_id", "camera", ["site_id"])
    op.create_table(
        "camera_health",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name="fk_camera_health_camera_id"),
        sa.PrimaryKeyConstraint("id", name="pk_camera_health"),
        sa.UniqueConstraint("camera_id", "state", "opened_at", name="uq_camera_health_camera_id"),
    )
    op.create_index("ix_camera_health_open", "camera_health", ["camera_id", "state", "closed_at"])
    op.create_table(
        "violation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("run", sa.String(length=80), nullable=False),
        sa.Column("track", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Double(), nullable=False),
        sa.Column("closed", sa.Double(), nullable=True),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name="fk_violation_camera_id"),
        sa.PrimaryKeyConstraint("id", name="pk_violation"),
    )
    op.create_index("ix_violation_camera_id", "violation", ["camera_id"])
    op.create_table(
        "case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("violation_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.String(length=64), nullable=False),
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", UTC, nullable=True),
        sa.Column("legal_hold", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seal_seq", sa.Integer(), nullable=True),
        sa.Column("seal_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name="fk_case_camera_id"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name="fk_case_site_id"),
        sa.ForeignKeyConstraint(["violation_id"], ["violation.id"], name="fk_case_violation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case"),
        sa.UniqueConstraint("violation_id", name="uq_case_violation_id"),
    )
    op.create_index("ix_case_camera_id", "case", ["camera_id"])
    op.create_index("ix_case_kind", "case", ["kind"])
    op.create_index("ix_case_newest", "case", ["opened_at", "id"])
    op.create_index("ix_case_site_newest", "case", ["site_id", "opened_at", "id"])
    op.create_index("ix_case_status", "case", ["status"])
    op.create_table(
        "evidence",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("begins", UTC, nullable=True),
        sa.Column("seal_seq", sa.Integer(), nullable=False),
        sa.Column("deleted_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_evidence_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
        sa.UniqueConstraint("case_id", "kind", name="uq_evidence_case_id"),
        sa.UniqueConstraint("key", name="uq_evidence_key"),
    )


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_index("ix_case_status", table_name="case")
    op.drop_index("ix_case_site_newest", table_name="case")
    op.drop_index("ix_case_newest", table_name="case")
    op.drop_index("ix_case_kind", table_name="case")
    op.drop_index("ix_case_camera_id", table_name="case")
    op.drop_table("case")
    op.drop_index("ix_violation_camera_id", table_name="violation")
    op.drop_table("violation")
    op.drop_index("ix_camera_health_open", table_name="camera_health")
    op.drop_table("camera_health")
    op.drop_index("ix_camera_site_id", table_name="camera")
    op.drop_table("camera")
    op.drop_index("ix_token_user_name", table_name="token")
    op.drop_table("token")
    op.drop_index("ix_site_district_id", table_name="site")
    op.drop_table("site")
    op.drop_index("ix_delivery_pushed", table_name="delivery")
    op.drop_index("ix_delivery_order", table_name="delivery")
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.drop_index("ix_delivery_digest", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("user")
    op.drop_index("ix_outbox_fanned_out", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("district")
    op.drop_index("ix_audit_at", table_name="audit")
    op.drop_table("audit")
