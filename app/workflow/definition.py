"""A procedure as data: what a workflow file says, once it was read and found sound. Nothing here knows a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TYPED_TYPES = frozenset({"text", "line", "email", "tel", "url", "date", "moment"})
CHOSEN_TYPES = frozenset({"choice", "choices", "yes_no", "yes_no_unknown"})
FIELD_TYPES = TYPED_TYPES | CHOSEN_TYPES | {"person", "persons", "record", "records", "file", "group", "items"}
SEALED_TYPES = frozenset({"text", "line", "email", "tel", "url"})
"""Free text and contacts: stored only in the vault. Everything else is a code, a date or an id."""


@dataclass(frozen=True)
class Option:
    """One permitted value and the words a person reads for it."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Field:
    """One question: the same for the page, the API and the command line."""

    name: str
    type: str
    label: str
    help: str = ""
    required: bool = False
    required_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Required when the named sibling field has one of these values."""
    kinds: tuple[str, ...] = ()
    """Opening only: the kinds of report that ask it; empty = all."""
    required_kinds: tuple[str, ...] = ()
    """Opening only: the kinds of report that must have it."""
    account_only: bool = False
    """Asked only of people with an account: not of the public, nor of somebody who comes by a code."""
    correction_only: bool = False
    """Asked only where an earlier record of the kind is corrected."""
    account_values: tuple[str, ...] = ()
    """Of `options`, those that only people with an account may choose."""
    holder_values: tuple[str, ...] = ()
    """Of `options`, those that only somebody who comes by a code may choose."""
    kind_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of `options` of a step or record, those for some kinds of report only, each with these kinds."""
    audience: str = "everyone"
    """Opening only: `everyone` on the case, or `handler` (contacts, support wishes): kept from the panel."""
    options: tuple[Option, ...] = ()
    choices_from: str = ""
    """The named list that the options come from."""
    min_length: int = 0
    max_length: int = 4000
    future: bool = False
    """Dates: may lie in the future."""
    not_before: str = ""
    """Dates: name of a sibling date that this one may not precede."""
    of: str = ""
    """`record(s)`: the record kind pointed at. `person(s)`: the office they must hold, empty = any account."""
    fields: tuple["Field", ...] = ()
    """`group` and `items`: the questions inside."""
    max_items: int = 50

    @property
    def sealed(self) -> bool:
        """Whether the answer goes to the vault and never to a plain column."""
        return self.type in SEALED_TYPES


@dataclass(frozen=True)
class State:
    """Where a case can stand. `public_step` is what its reporter is told; `tone` is one of five looks of a tag."""

    name: str
    label: str
    tone: str
    public_step: str
    help: str = ""
    next: str = ""
    """What the officer does next here, in a few words, for the worklist."""
    final: bool = False
    visible_to: tuple[str, ...] = ("handler",)


@dataclass(frozen=True)
class Effect:
    """What follows in the same transaction: an `effect` by registered name, a `clock` that starts, a `letter`."""

    kind: str
    name: str


@dataclass(frozen=True)
class Transition:
    """One arrow: who may take it, what it asks, what must hold, what follows. `done` is the trail's sentence."""

    trigger: str
    source: str
    dest: str
    label: str
    done: str
    roles: tuple[str, ...]
    help: str = ""
    inputs: tuple[Field, ...] = ()
    conditions: tuple[str, ...] = ()
    then: tuple[Effect, ...] = ()


@dataclass(frozen=True)
class RecordKind:
    """A kind of row kept on a case; rows only grow. `done` is the trail's sentence."""

    name: str
    label: str
    done: str
    roles: tuple[str, ...]
    states: tuple[str, ...]
    fields: tuple[Field, ...]
    help: str = ""
    then: tuple[Effect, ...] = ()
    audience: str = "everyone"
    """`everyone` on the case, or `handler`: kept from the panel, but for what a member of it wrote."""
    answers: tuple[str, ...] = ()
    """The conditions this record can satisfy, so that a page can offer it beside what is missing."""
    by_letter: str = ""
    """The letter that writes this record (`how`, `sent_on`) by itself once it was sent, unless there is one."""
    wait_days: int = 0
    """So many days somebody has after such a record (a reminder) before anything may be done without them."""


@dataclass(frozen=True)
class Clock:
    """A due date: so many days, working days or months from a day, while the case is in one of `states`."""

    name: str
    label: str
    states: tuple[str, ...]
    days: int = 0
    working_days: int = 0
    months: int = 0
    months_by_outcome: Mapping[str, int] = field(default_factory=dict)
    start_field: str = ""
    """A date field of what started the clock (`received_on`, `sent_on`); empty = the day of the step."""
    due_field: str = ""
    """A date field that is itself the due date (`reply_by`)."""
    until_record: str = ""
    """A record kind whose arrival ends the clock."""
    kinds: tuple[str, ...] = ()
    """The kinds of report for which it runs; empty = all."""
    runs_on: bool = False
    """Runs while the case is paused, as a date that was named to somebody always does."""

    @property
    def stops(self) -> bool:
        """Whether it stands still while the case is paused."""
        return not self.runs_on and not self.due_field


@dataclass(frozen=True)
class LetterKind:
    """A letter of the procedure: its words are templates of the same name, `to` is the part of whoever gets it."""

    name: str
    label: str
    to: str
    help: str = ""
    kinds: tuple[str, ...] = ()
    """The kinds of report it belongs to; empty = all."""
    after: str = ""
    """Prepared by itself only for people to whom such a record was addressed; empty = always."""
    restarts: str = ""
    """The clock that begins anew on the day on which such a letter went; empty = none."""
    sender: str = ""
    """`named` or `unnamed`: only where whoever sent the report can be written to by name or address, or cannot be."""

    def is_for(self, kind: str) -> bool:
        """Whether it belongs to reports of this kind."""
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True)
class ReportKind:
    """One way a case can begin, in the words of the person who sends it."""

    name: str
    label: str
    lead: str
    icon: str = ""
    title: str = ""
    """How officers name such a case in a list."""
    advice: str = ""
    """Said in place of the opening's advice, where that does not fit this kind."""
    ending: str = "What was decided and why, as far as you may be told,"
    """What whoever sent such a report is told in the end: the subject of a sentence."""
    ending_note: str = ""
    """What else is to be said of that, without a full stop."""


@dataclass(frozen=True)
class Page:
    """One step of the report form: a title and the questions on it."""

    title: str
    fields: tuple[Field, ...]
    lead: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Opening:
    """How a case begins: kinds of report, the pages of questions, what follows."""

    kinds: tuple[ReportKind, ...]
    pages: tuple[Page, ...]
    done: str
    roles: tuple[str, ...] = ("anyone",)
    then: tuple[Effect, ...] = ()
    advice: str = ""
    """Said before sending and on the confirmation page."""

    def advice_for(self, kind: str) -> str:
        """What is asked of whoever sends a report of this kind."""
        own = next((one.advice for one in self.kinds if one.name == kind), "")
        return own or self.advice

    def fields(self, kind: str, *, account: bool) -> tuple[Field, ...]:
        """The questions asked for this kind; `account` adds those for people who enter a report for somebody."""
        return tuple(
            question
            for page in self.pages
            for question in page.fields
            if (not question.kinds or kind in question.kinds) and (account or not question.account_only)
        )


@dataclass(frozen=True)
class Workflow:
    """A procedure in one version. `rules` is its canonical rules text, `digest` the SHA-256 of that in hex."""

    name: str
    version: int
    title: str
    initial: str
    states: Mapping[str, State]
    transitions: tuple[Transition, ...]
    records: Mapping[str, RecordKind]
    clocks: Mapping[str, Clock]
    opening: Opening
    lists: Mapping[str, tuple[Option, ...]]
    words: Mapping[str, str]
    """Labels for members: reporter, target, respondent, handler and so on."""
    public_steps: tuple[Option, ...]
    letters: Mapping[str, LetterKind] = field(default_factory=dict)
    guidance: str = ""
    """Which guidance catalogue the clauses come from; empty = none."""
    default: bool = False
    """The procedure that the public form and the API take when none is named."""
    rules: str = ""
    digest: str = ""

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """Every arrow out of a state, in the order of the file."""
        return tuple(arrow for arrow in self.transitions if arrow.source == state)

    def label(self, listname: str, value: str) -> str:
        """The words for a value of a named list; the value itself where the list does not know it."""
        return next((option.label for option in self.lists.get(listname, ()) if option.value == value), value)


@dataclass(frozen=True)
class Vocabulary:
    """The names a workflow file may use, handed in by those who registered them."""

    conditions: frozenset[str]
    effects: frozenset[str]
    roles: frozenset[str]
    offices: frozenset[str] = frozenset()
    """What `of` of a question for a person may name."""
    readers: frozenset[str] = frozenset({"handler"})
    """What `visible_to` of a state may name."""
    letters: frozenset[str] = frozenset()
    """The letters that have templates."""
    recipients: frozenset[str] = frozenset({"reporter"})
    """What `to` of a letter may name."""
