"""keep closure days, days of digests, and addresses of calendars."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from app.audit import guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Batch mode rebuilds a table on SQLite and drops its triggers: make the append-only guards again here.
    op.create_table(
        "closure_day",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("by_person", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure_day")),
        sa.UniqueConstraint("day", "number", name=op.f("uq_closure_day_day_number")),
    )
    op.create_table(
        "digest_day",
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_digest_day_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_digest_day")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("person_id", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("lookup", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("lookup", name=op.f("uq_calendar_feed_lookup")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_person_id"), ["person_id"], unique=False)

    connection = op.get_bind()
    guards.protect(connection, "closure_day", unique=[("id",), ("day", "number")], allow_delete=False)
    guards.protect(connection, "digest_day", unique=[("person_id", "day")], allow_delete=False)
    guards.protect(connection, "calendar_feed", unique=[("id",), ("lookup",)], allow_update=True)


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
