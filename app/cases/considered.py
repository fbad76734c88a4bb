"""What the member wrote or sent after somebody had weighed the case: it has not been considered yet."""

from app.cases.casefile import CaseFile
from app.cases.code_holders import RESPONDENT
from app.cases.disclosure import EVIDENCE
from app.cases.notices import REPLIES


def answered_since(file: CaseFile, version: int) -> bool:
    """Whether a reply came or was corrected, or the member sent a file by their code, after a case version."""
    later = [row for row in file.rows if row.version > version]
    return any(row.kind == REPLIES or (row.kind == EVIDENCE and row.by_role == RESPONDENT) for row in later)
