"""The letters of a workflow file: who gets them, and which record stands for one that was sent."""

from collections.abc import Iterator, Sequence, Set

from app.workflow.definition import Field, LetterKind, Vocabulary
from app.workflow.source import Block

PROOF_FIELDS = {"how": "choice", "sent_on": "date"}
"""What a record asks that a sent letter can write by itself."""
PROOF_WAYS = frozenset({"email", "post", "in_person", "telephone", "own_page"})
"""How a letter can leave the house."""
SENDERS = ("named", "unnamed")
"""Whether it can be said to whom a letter to the reporter goes."""


def letters(
    block: Block, vocabulary: Vocabulary, records: Set[str], kinds: Set[str], clocks: Set[str]
) -> Iterator[LetterKind]:
    """One block for each letter; its words must lie in a folder of templates with its name."""
    for place in block.places("letters"):
        letter = place.block("name label to", "help kinds after restarts sender")
        name, to, after = letter.name("name"), letter.text("to"), letter.text("after")
        if name and name not in vocabulary.letters:
            letter.at("name").wrong(f'There are no templates for a letter called "{name}"')
        if to and to not in vocabulary.recipients:
            letter.at("to").wrong(f'"{to}" cannot get letters: choose {", ".join(sorted(vocabulary.recipients))}')
        if after and after not in records:
            letter.at("after").wrong(f'There is no record called "{after}"')
        restarts = letter.text("restarts")
        if restarts and restarts not in clocks:
            letter.at("restarts").wrong(f'There is no clock called "{restarts}"')
        sender = letter.text("sender")
        if sender and (sender not in SENDERS or to != "reporter"):
            letter.at("sender").wrong(f"Of letters to the reporter: choose {' or '.join(SENDERS)}")
        yield LetterKind(
            name=name,
            label=letter.text("label"),
            to=to,
            help=letter.text("help"),
            kinds=letter.texts("kinds", kinds, "kind of report"),
            after=after,
            restarts=restarts,
            sender=sender,
        )


def proof_of(kind: Block, fields: Sequence[Field], known: Set[str]) -> str:
    """The letter that writes a record of this kind once it was sent, if any."""
    name = kind.text("by_letter")
    if not name:
        return ""
    if name not in known:
        kind.at("by_letter").wrong(f'There is no letter called "{name}"')
    asked = {question.name: question.type for question in fields}
    ways = {option.value for question in fields if question.name == "how" for option in question.options}
    if any(asked.get(field) != type_ for field, type_ in PROOF_FIELDS.items()) or not ways >= PROOF_WAYS:
        said = ", ".join(sorted(PROOF_WAYS))
        kind.at("by_letter").wrong(f'Such a record asks "how" (a choice with {said}) and "sent_on" (a date)')
    return name
