"""time stamps of checkpoints, and indexes for what auditors look for."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.audit import guards

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "checkpoint_stamp",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", moment(), nullable=False),
        sa.Column("made_at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_checkpoint_stamp")),
    )
    op.drop_index("ix_audit_entry_event", table_name="audit_entry")
    op.create_index("ix_audit_entry_event_recorded_at", "audit_entry", ["event", "recorded_at", "id"])
    op.create_index("ix_case_record_kind", "case_record", ["kind", "case_id"])
    for name, key in (("clock_back", "clock_back_us"), ("occurred_on", "occurred_on")):
        mark = f'"{key}"'.encode().hex()
        where = {
            "sqlite_where": sa.text(f"instr(entry, X'{mark}') > 0"),
            "postgresql_where": sa.text(rf"position('\x{mark}'::bytea in entry) > 0"),
        }
        op.create_index(f"ix_audit_entry_{name}", "audit_entry", ["recorded_at", "id"], **where)
    guards.protect(op.get_bind(), "checkpoint_stamp", unique=[("day",)])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
