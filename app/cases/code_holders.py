"""Somebody who comes to the door by a code, without an account: the part they have in the one case it opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.audit.log import Actor

REPORTER, RESPONDENT = "reporter", "respondent"
PARTS = frozenset({REPORTER, RESPONDENT})
"""The parts that a code can stand for; each is a role of workflow files and of entries."""


@dataclass(frozen=True)
class CodeHolder:
    """At the door like a `Viewer`, with no id and no office. `proof` is the digest by which their code was found."""

    part: str
    case_id: str
    proof: str
    session_id: str | None = None
    """The session that their code opened, where they come by page."""
    party_id: str = ""
    """A respondent's: the first row of their chain among the people in the case."""
    reference: str = ""
    """That of the case."""
    id: str = ""
    """No account has this id."""
    offices: frozenset[str] = frozenset()
    case_offices: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Whose a form of theirs is: no two cases, nor two members of one, have the same."""
        return f"{self.reference}/{self.party_id}" if self.party_id else self.reference

    @property
    def place(self) -> str:
        """What tells them from every other code holder."""
        return f"{self.part}/{self.case_id}/{self.party_id}"

    def actor(self, _role: str | None = None) -> Actor:
        """Who signs an entry: the part, nobody's id."""
        return Actor(None, self.part)
