"""Imports every module with tables, so that a backup, the check, Alembic and tests know all of them."""

from sqlmodel import SQLModel

from app import db as _db  # first: it sets the naming convention
from app import installation as _installation
from app.audit import models as _audit
from app.cases import models as _cases
from app.evidence import models as _evidence
from app.letters import models as _letters
from app.outbox import models as _outbox
from app.oversight import models as _oversight
from app.people import models as _people
from app.vault import models as _vault

METADATA = SQLModel.metadata
MODULES = (_db, _audit, _vault, _installation, _people, _evidence, _outbox, _letters, _cases, _oversight)
