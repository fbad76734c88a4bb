"""who has seen what an auditor opened."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "opening_seen",
        sa.Column("unmasking_id", text(length=32), nullable=False),
        sa.Column("person_id", text(length=32), nullable=False),
        sa.Column("seen_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unmasking_id"], ["unmasking.id"], name=op.f("fk_opening_seen_unmasking_id_unmasking")
        ),
        sa.PrimaryKeyConstraint("unmasking_id", "person_id", name=op.f("pk_opening_seen")),
    )


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
