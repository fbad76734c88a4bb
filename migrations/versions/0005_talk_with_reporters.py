"""talk with reporters: sessions by code, and what a handler has not read yet."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unread_record",
        sa.Column("record_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("case_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_unread_record_case_id_cases")),
        sa.ForeignKeyConstraint(["record_id"], ["case_record.id"], name=op.f("fk_unread_record_record_id_case_record")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_unread_record")),
    )
    op.create_index(op.f("ix_unread_record_case_id"), "unread_record", ["case_id"], unique=False)
    op.create_table(
        "code_session",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("case_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("part", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("proof", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("last_seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_code_session_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_code_session_token_hash")),
    )
    op.create_index(op.f("ix_code_session_case_id"), "code_session", ["case_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
