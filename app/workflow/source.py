"""A YAML file with its line numbers; its mistakes are collected and said all together."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from app.errors import SettingsError

_STRING = "tag:yaml.org,2002:str"
_NULL = "tag:yaml.org,2002:null"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


class WorkflowErrors(SettingsError):
    """Everything wrong with the files of a procedure; `lines` are 'file:line: message'."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass
class Complaints:
    """What is wrong with one file, gathered while it is read."""

    file: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        """Note one mistake at a line (from 1)."""
        if (line, message) not in self.found:
            self.found.append((line, message))

    def finish(self) -> None:
        """Raises WorkflowErrors if anything was noted, in the order of the file."""
        if self.found:
            raise WorkflowErrors(f"{self.file}:{line}: {message}" for line, message in sorted(self.found))


@dataclass(frozen=True)
class Place:
    """A value at a place of a file."""

    node: Node
    complaints: Complaints
    key_line: int = 0

    @property
    def line(self) -> int:
        """The line it begins on, from 1; that of its key where nothing follows the key."""
        nothing = isinstance(self.node, ScalarNode) and not self.node.value
        return self.key_line if nothing and self.key_line else int(self.node.start_mark.line) + 1

    @property
    def is_block(self) -> bool:
        """Whether names and values stand here."""
        return isinstance(self.node, MappingNode)

    def wrong(self, message: str) -> None:
        """Note a mistake here."""
        self.complaints.add(self.line, message)

    def text(self) -> str:
        """The words here; a number, date, true or nothing without quotes is a mistake."""
        if not isinstance(self.node, ScalarNode):
            self.wrong("Write words here, not a list or a block")
        elif self.node.tag == _NULL or not self.node.value.strip():
            self.wrong("Something is missing here")
        elif self.node.tag != _STRING:
            self.wrong(f'Put quotes around "{self.node.value}": without them it is not read as written')
        return str(self.node.value) if isinstance(self.node, ScalarNode) else ""

    def name(self) -> str:
        """A name such as a state's: small letters, digits, _ and -, beginning with a letter."""
        name = self.text()
        if name and not _NAME.fullmatch(name):
            self.wrong(f'"{name}" is not a name: use small letters, digits, _ and - only, and begin with a letter')
        return name

    def code(self) -> str:
        """A value of a list: letters, digits, dots, _ and -."""
        code = self.text()
        if code and not _CODE.fullmatch(code):
            self.wrong(f'"{code}" is not a code: use letters, digits, dots, _ and - only, without spaces')
        return code

    def flag(self) -> bool:
        """true or false."""
        value = self.node.value if isinstance(self.node, ScalarNode) else None
        if self.node.tag != "tag:yaml.org,2002:bool":
            self.wrong("Write true or false here")
        return str(value).lower() == "true"

    def number(self, least: int = 1, most: int = 100_000) -> int:
        """A whole number between the two, both included."""
        value = str(self.node.value) if isinstance(self.node, ScalarNode) else ""
        if self.node.tag != "tag:yaml.org,2002:int" or not re.fullmatch("[0-9]{1,9}", value):
            self.wrong("Write a whole number here")
            return least
        if not least <= int(value) <= most:
            self.wrong(f"Write a number from {least:,} to {most:,} here")
        return int(value)

    def places(self) -> list["Place"]:
        """The values of a list."""
        if not isinstance(self.node, SequenceNode):
            self.wrong("Write a list here")
            return []
        return [Place(item, self.complaints) for item in self.node.value]

    def entries(self) -> dict[str, tuple["Place", "Place"]]:
        """Key and value of each line of a block, by key; of a repeated key the first one stands."""
        if not isinstance(self.node, MappingNode):
            self.wrong("Write a block of names and values here")
            return {}
        found: dict[str, tuple[Place, Place]] = {}
        for key_node, value_node in self.node.value:
            key = Place(key_node, self.complaints)
            name = key.text()
            if name in found:
                key.wrong(f'"{name}" is here twice')
                continue
            found[name] = key, Place(value_node, self.complaints, key.line)
        return found

    def block(self, required: str, optional: str = "") -> "Block":
        """A block with only these keys (names with spaces between); missing and unknown ones are mistakes."""
        entries = self.entries()
        known = {*required.split(), *optional.split()}
        for name, (key, value) in entries.items():
            if name not in known:
                comma = ": put quotes around a sentence with a comma" if value.node.tag == _NULL else ""
                key.wrong(f'"{name}" is not known here{comma}')
        if isinstance(self.node, MappingNode):
            for name in required.split():
                if name not in entries:
                    self.wrong(f'"{name}" is missing')
        return Block(self, {name: value for name, (_, value) in entries.items() if name in known})


@dataclass(frozen=True)
class Block:
    """A block with known keys; what is not there reads as nothing."""

    place: Place
    values: Mapping[str, Place]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def at(self, key: str) -> Place:
        """Where a key's value is; the block itself where it is missing."""
        return self.values.get(key, self.place)

    def text(self, key: str, default: str = "") -> str:
        """Words."""
        return self.values[key].text() if key in self.values else default

    def name(self, key: str) -> str:
        """A name."""
        return self.values[key].name() if key in self.values else ""

    def flag(self, key: str) -> bool:
        """true or false; false where it is missing."""
        return self.values[key].flag() if key in self.values else False

    def number(self, key: str, default: int, *, least: int = 1) -> int:
        """A whole number."""
        return self.values[key].number(least) if key in self.values else default

    def places(self, key: str) -> list[Place]:
        """The values of a list; none where it is missing."""
        return self.values[key].places() if key in self.values else []

    def texts(self, key: str, known: Iterable[str] | None, what: str, *, some: bool = False) -> tuple[str, ...]:
        """A list of names; each among the known ones (None = any), there once; `some` = not empty."""
        names: list[str] = []
        for place in self.places(key):
            name = place.text()
            if name in names:
                place.wrong(f'"{name}" is here twice')
            elif name and known is not None and name not in known:
                place.wrong(f'There is no {what} called "{name}"')
            names.append(name)
        if some and not names and key in self.values:
            self.values[key].wrong(f"Name at least one {what}")
        return tuple(dict.fromkeys(names))


def read_source(path: Path) -> tuple[Place | None, Complaints]:
    """The top of a YAML file and where to note its mistakes; None where it is no YAML at all."""
    complaints = Complaints(str(path))
    try:
        node = YAML(typ="safe", pure=True).compose(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        complaints.add(line, f"This is not YAML: {error.problem or error.context}")
        return None, complaints
    except (YAMLError, ValueError, OSError) as error:
        complaints.add(1, f"This file cannot be read: {error}".splitlines()[0])
        return None, complaints
    if node is None:
        complaints.add(1, "This file is empty")
        return None, complaints
    return Place(node, complaints), complaints
