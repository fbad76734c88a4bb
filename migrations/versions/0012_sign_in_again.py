"""everybody signs in again: the entry of each session and link names it from now on."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("sign_in_session", "sign_in_link", "code_session"):
        op.execute(f"DELETE FROM {table}")


def downgrade() -> None:
    raise NotImplementedError("go back by restoring the copy that was kept before the migration")
