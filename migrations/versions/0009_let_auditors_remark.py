"""remarks of auditors and what they opened."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.audit import guards

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "remark",
        sa.Column("id", text(length=32), nullable=False),
        sa.Column("case_id", text(length=32), nullable=False),
        sa.Column("entry_id", text(length=32), nullable=True),
        sa.Column("answers", text(length=32), nullable=True),
        sa.Column("by_person", text(length=32), nullable=False),
        sa.Column("by_role", text(length=40), nullable=False),
        sa.Column("written_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_remark_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    op.create_table(
        "unmasking",
        sa.Column("id", text(length=32), nullable=False),
        sa.Column("case_id", text(length=32), nullable=False),
        sa.Column("record_id", text(length=32), nullable=False),
        sa.Column("path", text(length=200), nullable=False),
        sa.Column("by_person", text(length=32), nullable=False),
        sa.Column("opened_at", moment(), nullable=False),
        sa.Column("ends_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_unmasking_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmasking")),
    )
    indexes = {"remark": ("case_id", "answers"), "unmasking": ("case_id", "by_person", "ends_at")}
    for table, columns in indexes.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
        guards.protect(op.get_bind(), table, unique=[("id",)])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
