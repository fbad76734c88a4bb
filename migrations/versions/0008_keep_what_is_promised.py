"""Logs that ended with a declared loss, checkpoints mailed to auditors, and the yearly return."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.audit import guards

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _old_logs()
    op.create_table(
        "checkpoint_day",
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_checkpoint_day_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_checkpoint_day")),
    )
    op.create_table(
        "yearly_declaration",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("part", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_declaration")),
    )
    op.create_index(op.f("ix_yearly_declaration_year"), "yearly_declaration", ["year"])
    guards.protect(op.get_bind(), "yearly_declaration", unique=[("id",)])


def _old_logs() -> None:
    op.create_table(
        "old_log_entry",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_old_log_entry_entry_id_audit_entry")),
        sa.PrimaryKeyConstraint("log", "log_index", name=op.f("pk_old_log_entry")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_old_log_entry_entry_id")),
    )
    op.create_table(
        "old_log_hash",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "idx", name=op.f("pk_old_log_hash")),
    )
    op.create_table(
        "old_checkpoint",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_old_checkpoint")),
    )
    for table, unique in guards.OLD_LOG_TABLES.items():
        guards.protect(op.get_bind(), table, unique=unique)


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
