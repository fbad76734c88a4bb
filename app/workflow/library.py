"""All procedures and guidances of a folder, read and checked at start-up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.workflow.catalogue import Guidance
from app.workflow.definition import Vocabulary, Workflow
from app.workflow.guidance import family as family_of
from app.workflow.guidance import load_guidance
from app.workflow.loader import load
from app.workflow.machine import WorkflowMachine
from app.workflow.source import WorkflowErrors

GUIDANCE = "guidance"
_Loaded = TypeVar("_Loaded")


@dataclass(frozen=True)
class Library:
    """Every version of every procedure, with its machine; `guidances` by version."""

    machines: Mapping[tuple[str, int], WorkflowMachine]
    guidances: Mapping[str, Guidance]

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary) -> "Library":
        """Reads `<name>/v<N>.yaml` and `guidance/*.yaml`. WorkflowErrors has the mistakes of all files."""
        shelf = _Shelf([])
        guidances: dict[str, Guidance] = {}
        for path in sorted(folder.glob(f"{GUIDANCE}/*.yaml")):
            guidance = shelf.take(partial(load_guidance, path))
            if guidance and path.stem != guidance.version:
                shelf.errors.append(f'{path}:1: The guidance "{guidance.version}" belongs in another file')
            if guidance:
                guidances[guidance.version] = guidance
        workflows: list[Workflow] = []
        for path in sorted(path for path in folder.glob("*/*.yaml") if path.parent.name != GUIDANCE):
            workflow = shelf.take(partial(load, path, vocabulary, guidances))
            if workflow and (path.parent.name, path.stem) != (workflow.name, f"v{workflow.version}"):
                wanted = f"{workflow.name}/v{workflow.version}.yaml"
                shelf.errors.append(f"{path}:1: This procedure belongs in {wanted}")
            if workflow:
                workflows.append(workflow)
        library = cls({(one.name, one.version): WorkflowMachine(one) for one in workflows}, guidances)
        if not shelf.errors:
            shelf.errors += [f"{folder}:1: {problem}" for problem in _problems(library)]
        if shelf.errors:
            raise WorkflowErrors(shelf.errors)
        return library

    def machine(self, name: str, version: int) -> WorkflowMachine:
        """The machine of one version. Raises KeyError."""
        return self.machines[name, version]

    def get(self, name: str, version: int) -> Workflow:
        """One version of a procedure. Raises KeyError."""
        return self.machines[name, version].workflow

    def latest(self, name: str) -> Workflow:
        """The newest version of a procedure. Raises KeyError."""
        versions = [version for known, version in self.machines if known == name]
        if not versions:
            raise KeyError(name)
        return self.get(name, max(versions))

    def default(self) -> Workflow:
        """The procedure taken where none is named: the marked one, or the only one."""
        return _defaults(self)[0]

    def all(self) -> tuple[Workflow, ...]:
        """Every version of every procedure, by name and version."""
        return tuple(self.machines[key].workflow for key in sorted(self.machines))

    def guidance(self, version: str) -> Guidance:
        """One guidance. Raises KeyError."""
        return self.guidances[version]

    def guidance_in_force(self, on: date, family: str | None = None) -> Guidance | None:
        """The guidance adopted last on or before a day, of one family if named; None before the first."""
        adopted = [
            guidance
            for guidance in self.guidances.values()
            if guidance.adopted_on <= on.isoformat() and family in {None, family_of(guidance)}
        ]
        return max(adopted, key=lambda guidance: guidance.adopted_on, default=None)


@dataclass
class _Shelf:
    """Files read one after the other, their mistakes kept together."""

    errors: list[str]

    def take(self, read: Callable[[], _Loaded]) -> _Loaded | None:
        try:
            return read()
        except WorkflowErrors as mistakes:
            self.errors += mistakes.lines
            return None


def _defaults(library: Library) -> list[Workflow]:
    latest = [library.latest(name) for name in sorted({name for name, _ in library.machines})]
    marked = [workflow for workflow in latest if workflow.default]
    return marked or (latest if len(latest) == 1 else [])


def _problems(library: Library) -> list[str]:
    if not library.machines:
        return ["There is no procedure in this folder"]
    defaults = _defaults(library)
    if len(defaults) == 1:
        return []
    if not defaults:
        return ['Write "default: true" in exactly one procedure']
    return [f"Only one procedure can be the default, not {', '.join(one.name for one in defaults)}"]
