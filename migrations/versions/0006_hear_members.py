"""codes with which members read a notice and reply."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.audit import guards

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNIQUE = [("id",), ("lookup",), ("case_id", "party_id", "number")]


def upgrade() -> None:
    op.create_table(
        "reply_code",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("case_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("party_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("lookup", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reply_code_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_code")),
        sa.UniqueConstraint("case_id", "party_id", "number", name=op.f("uq_reply_code_case_id_party_id_number")),
        sa.UniqueConstraint("lookup", name=op.f("uq_reply_code_lookup")),
    )
    with op.batch_alter_table("reply_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_code_case_id"), ["case_id"], unique=False)
    guards.protect(op.get_bind(), "reply_code", unique=UNIQUE)


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
