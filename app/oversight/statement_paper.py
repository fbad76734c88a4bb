"""The statement as a file to print and sign."""

from sqlmodel import Session

from app import clock
from app.installation import Installation
from app.letters.pdf import Paper, printed
from app.oversight.reconciling import Books
from app.oversight.statement import TITLE, statement

FILE_NAME = "statement.pdf"


def statement_pdf(home: Installation, session: Session, figures: Books, organisation: str, contact: str) -> bytes:
    """The PDF, with the branch's name and contact lines at its head."""
    lines = tuple(line.strip() for line in contact.splitlines() if line.strip())
    parts = statement(home, session, figures)
    return printed(Paper(TITLE, organisation or "Casetrail", lines, (), clock.today(), parts, dense=True)).content
