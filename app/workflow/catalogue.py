"""The branch's written guidance as data: its clauses, and the days it was agreed and adopted."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Clause:
    """One clause of a guidance: our code, our paraphrase, its force and what may follow."""

    code: str
    label: str
    text: str
    force: str
    referable: bool = False
    gross_possible: bool = False
    needs: str = ""
    """`explanation` where the handler must say why (3.9) or answer the question of policy (3.3, 3.4, 3.7b)."""
    note: str = ""


@dataclass(frozen=True)
class Guidance:
    """A guidance in one version, with the day from which it is in force (ISO date)."""

    version: str
    title: str
    agreed_on: str
    adopted_on: str
    definitions: Mapping[str, str]
    clauses: Mapping[str, Clause]
    process: Mapping[str, str] = field(default_factory=dict)
    """What the guidance itself says about reporting, paraphrased."""
