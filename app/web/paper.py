"""The form on paper as a PDF: every question of a kind of report with room to write, in the same words as the page."""

from collections.abc import Iterator, Sequence

from app import clock
from app.letters.pdf import Paper, printed
from app.letters.wording import Block
from app.setup import Branch
from app.web.report_form import TICKS, YES_NO, Draft
from app.workflow.definition import Field

FILE_NAME = "report-form.pdf"
HOW = "Fill this in by hand, and send it or hand it in. An officer enters it for you."
NUMBERS = (
    "In danger now? Call 999 first. To tell the police about something that is not happening now: 101. "
    "To talk to someone at any hour, Samaritans are on 116 123, free."
)
WHO_READS = "Whoever runs the computer that this is entered on can in the end read what it can read."
MORE = "For more of them use another sheet."
LONG, SHORT, LINE = 12, 4, 1
"""How many lines there are for an answer: one that must be given, another text, a line."""


def form_as_pdf(draft: Draft, branch: Branch) -> bytes:
    """The file. NoPaper where it cannot be made."""
    contact = tuple(line.strip() for line in branch.contact.splitlines() if line.strip())
    parts = tuple(_parts(draft, branch.contact_about_secretary))
    title = f"{draft.kind.label}: the form on paper"
    paper = Paper(title, branch.organisation or "Casetrail", contact, (), clock.today(), parts, dated=False)
    return printed(paper).content


def room_for(question: Field) -> int:
    """How many lines an answer gets."""
    if question.type != "text":
        return LINE
    return LONG if question.required else SHORT


def choices_of(question: Field) -> list[str]:
    """The boxes to tick; none where the answer is written."""
    if question.options:
        return [option.label for option in question.options]
    if question.type not in TICKS:
        return []
    return [words for value, words in YES_NO.items() if value != "unknown" or question.type == "yes_no_unknown"]


def _parts(draft: Draft, about_secretary: str) -> Iterator[Block]:
    yield Block("heading", (f"{draft.kind.label}: the form on paper",))
    yield from _said(HOW, f"About the secretary: {about_secretary}" if about_secretary else "", NUMBERS)
    yield from _said(draft.workflow.opening.advice)
    for step in draft.steps:
        yield Block("subheading", (f"{step.number}. {step.page.title}",))
        yield from _said(step.page.lead, step.page.advice)
        yield from _questions(step.fields, "question")
    yield from _said(WHO_READS)


def _questions(questions: Sequence[Field], kind: str) -> Iterator[Block]:
    for one in questions:
        yield Block(kind, (one.label if one.required or one.fields else f"{one.label} (optional)",))
        yield from _said(one.help)
        if one.fields:
            yield from _questions(one.fields, "part")
            yield from _said(MORE if one.type == "items" else "")
        elif choices := choices_of(one):
            yield Block("boxes", tuple(choices))
        else:
            yield Block("room", ("",) * room_for(one))


def _said(*texts: str) -> Iterator[Block]:
    for text in texts:
        if lines := tuple(line.strip() for line in text.splitlines() if line.strip()):
            yield Block("paragraph", lines)
