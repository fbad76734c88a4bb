"""Of which member a date or a record is, so that one member's notice, reply or request ends no other member's date."""

from collections.abc import Iterable
from functools import cached_property

from app.cases.models import CaseDeadline
from app.cases.pauses import Mark
from app.workflow.definition import Clock

ALLEGATIONS, PARTIES, RESPONDENT = "allegations", "parties", "respondent"
LEADS = ("notice", "request")
"""Answers by which a record belongs to the member whom another one is about."""


class Whose:
    """Worked out once from all records of a case that clocks look at, oldest first."""

    def __init__(self, marks: Iterable[Mark]) -> None:
        self._marks = list(marks)
        self._by_id = {mark.id: mark for mark in self._marks}
        self._replaced = {mark.replaces for mark in self._marks if mark.replaces}

    def member(self, row_id: str) -> str | None:
        """The first row of the member whom a record is about; None where it is about nobody in particular."""
        row = self._by_id.get(row_id)
        if row is None:
            return None
        if isinstance(row.plain.get(RESPONDENT), str):
            return self._root(row.plain[RESPONDENT])
        led = (row.plain[name] for name in LEADS if row.plain.get(name))
        return next((self.member(one) for one in led), None)

    def ending(self, rules: Clock, deadline: CaseDeadline) -> Mark | None:
        """The record that ended a date; None while it runs.

        A date of one member ends by what is about them; one of nobody in particular once everybody about whom
        something is alleged had such a record, as far as it is about members at all.
        """
        since = [one for one in self._marks if one.version >= deadline.case_version and one.kind == rules.until_record]
        mine = self.member(deadline.record_id)
        if mine is not None:
            return next((one for one in since if self.member(one.id) == mine), None)
        first: dict[str | None, Mark] = {}
        for one in since:
            first.setdefault(self.member(one.id), one)
        if not first or None in first:
            return next(iter(since), None)
        if not self._alleged:
            return since[0]
        if self._alleged - first.keys():
            return None
        return max((first[member] for member in self._alleged), key=lambda one: one.version)

    @cached_property
    def _alleged(self) -> set[str]:
        """The members about whom something is alleged, but for those of whom nobody knows who they are."""
        newest = [one for one in self._marks if one.id not in self._replaced]
        unknown = {self._root(one.id) for one in newest if one.plain.get("identified") == "unknown"}
        named = (self.member(one.id) for one in newest if one.kind == ALLEGATIONS)
        return {member for member in named if member is not None} - unknown

    def _root(self, row_id: str) -> str:
        row = self._by_id.get(row_id)
        while row is not None and row.replaces:
            row_id, row = row.replaces, self._by_id.get(row.replaces)
        return row_id
