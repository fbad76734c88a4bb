"""when a checkpoint was signed; no version before this one wrote any."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.audit import guards

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("checkpoint")
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoint")),
    )
    guards.protect(op.get_bind(), "checkpoint", unique=guards.TRAIL_TABLES["checkpoint"])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
