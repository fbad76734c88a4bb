"""Conditions about hearing the member: who posted it, more time, whose name may be told."""

from app.cases import persons
from app.cases.guards import Attempt, guard
from app.cases.hearing import (
    ALLEGATIONS,
    IDENTITY,
    disputed,
    found_theirs,
    newest_finding,
    reporter_is_named,
    second_newest_notice,
)
from app.cases.notices import REQUESTS, answers

MAY_BE_TOLD = frozenset({"yes", "ask_me"})
"""Answers of a reporter that leave it to the branch whether their name is told."""


@guard("It is settled who posted what the member says they did not")
def attribution_is_settled(attempt: Attempt) -> str | None:
    file = attempt.file
    open_ones = [one for one, since in disputed(file) if not found_theirs(file, one, since)]
    found = [(one, newest_finding(file, one, 0)) for one in file.current(ALLEGATIONS)]
    others = [one for one, finding in found if finding is not None and not found_theirs(file, one, 0)]
    if not open_ones and not others:
        return None
    if others or any(newest_finding(file, one, 0) for one in open_ones):
        return "Settle who posted it: what was found so far does not say that it was the member"
    return "Settle who posted it"


@guard("Every request of the member for more time is answered")
def time_request_is_answered(attempt: Attempt) -> str | None:
    file = attempt.file
    waiting = any(not answers(file, request) for request in file.current(REQUESTS))
    return "Answer the member, who asked for more time" if waiting else None


@guard("It is decided whether the member may learn who reported it")
def identity_is_decided(attempt: Attempt) -> str | None:
    file = attempt.file
    left_open = file.case.share_identity in MAY_BE_TOLD  # else the name stays withheld, as they asked or by default
    since = max(second_newest_notice(file), persons.part_since(file, "reporter"))
    if not left_open or not reporter_is_named(file) or file.current(IDENTITY, since):
        return None
    return "Decide whether the member may learn who reported it, and why"
