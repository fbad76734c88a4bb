"""keep evidence files."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.audit import guards

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("case_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("parent_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("scan", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("arrived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
        sa.UniqueConstraint("case_id", "name", name=op.f("uq_evidence_file_case_id_name")),
    )
    with op.batch_alter_table("evidence_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_file_parent_id"), ["parent_id"], unique=False)
    # rows go only with their case, when it is disposed of or erased
    guards.protect(op.get_bind(), "evidence_file", unique=[("id",), ("case_id", "name")], allow_delete=True)


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
