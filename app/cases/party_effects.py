"""What follows when a person in the case is corrected into somebody else, or gets another part."""

from app.cases import codes, correspondence, persons, reply_codes
from app.cases.casefile import load
from app.cases.code_holders import REPORTER, RESPONDENT
from app.cases.dialogue import CONFIRMATIONS
from app.cases.effects import Following, effect
from app.cases.hearing import IDENTITY
from app.cases.letter_drafts import Writing
from app.cases.notices import to_member
from app.cases.recall import recall, waiting
from app.cases.recipients import LINK, WISH
from app.errors import FieldError, Invalid
from app.letters import book
from app.letters.models import Letter
from app.letters.needs import ADDRESS_CHANGED

ASK = (
    "Say whether this is still the same person: what was sent to them, asked of them or decided about them counts only "
    "for the person it was meant for"
)
NO_PAGE = "They have no page of their own to read it on: choose another way"


@effect
def only_the_same_person_keeps(f: Following) -> None:
    """Somebody else keeps neither the code nor the letters of the one before; nor does who has another part now."""
    before = f.file.row(f.row.replaces)
    if before is None:
        return
    member = f.file.root(before.id)
    left = before.plain["role"] == RESPONDENT != f.values["role"]
    same = f.values.get(persons.SAME)
    if same is None and _is_at_stake(f, before.plain["role"], member) and not persons.agree(before, f.values):
        raise Invalid([FieldError(persons.SAME, ASK)])
    if left or same == persons.NO:
        reply_codes.end_reply_code(f.session, f.case, member, actor=f.actor, via=f.via)
        if same == persons.NO and REPORTER in (before.plain["role"], f.values["role"]):
            codes.end_code(f.session, f.home, f.case, member, actor=f.actor, via=f.via)
        correspondence.stop_all(Writing(f.session, f.home, f.case, f.file, f.actor, f.via), member)


@effect
def links_need_a_page(f: Following) -> None:
    """A mail that is only a link is for whoever has a page of their own: who told us, and the member."""
    readers = {REPORTER, RESPONDENT, f.case.kind}
    if f.values.get(WISH) == LINK and f.values["role"] not in readers:
        raise Invalid([FieldError(WISH, NO_PAGE)])


@effect
def letters_follow_address(f: Following) -> None:
    """A letter that waits for somebody whose address or wish was corrected since is filled in again before it goes."""
    if not waiting(f.session, f.case):
        return
    now = load(f.session, f.home, f.case)

    def has_moved(letter: Letter) -> bool:
        before, after = correspondence.person_of(f.file, letter), correspondence.person_of(now, letter)
        if after is None or before is None or before.wish != after.wish:
            return before != after
        said = book.read(f.session, f.home.vault, letter)
        known = (after.name, after.email, after.address)
        return known not in ((before.name, before.email, before.address), (said.name, said.email, said.address))

    recall(f.session, f.case, ADDRESS_CHANGED, actor=f.actor, via=f.via, which=has_moved)


def _is_at_stake(f: Following, role: str, member: str) -> bool:
    """Whether anything went to or was decided about whoever stands here, or stood here with another part."""
    if role == REPORTER and any(f.file.current(kind) for kind in (CONFIRMATIONS, IDENTITY)):
        return True
    return reply_codes.was_given(f.session, f.case.id, member) or bool(to_member(f.file, member))
