"""time stamps of checkpoints."""

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
    guards.protect(op.get_bind(), "checkpoint_stamp", unique=[("day",)])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
