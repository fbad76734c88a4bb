"""Hearing the member, read from the case file: who is affected, who posted it, and whose name may be told."""

from collections.abc import Iterable, Iterator

from app.cases import persons
from app.cases.casefile import CaseFile, Row
from app.cases.code_holders import PARTS
from app.cases.dialogue import CONFIRMATIONS
from app.cases.involvement import same_name
from app.cases.notices import REPLIES, is_theirs, to_member

ATTRIBUTIONS, IDENTITY, NOTICES, ALLEGATIONS = "attributions", "identity-decisions", "notices", "allegations"
THEIRS, TOLD = "theirs", "told"
SELF, TARGET = "self", "target"


def disputed(file: CaseFile) -> Iterator[tuple[Row, int]]:
    """Each allegation that a reply says was somebody else's doing, with the case version at which it last said so."""
    replies = [row for row in file.current(REPLIES) if row.plain["disputes_attribution"] == "yes"]
    for allegation in file.current(ALLEGATIONS):
        versions = [row.version for row in replies if _says_not_mine(file, row, allegation)]
        if versions:
            yield allegation, max(versions)


def _says_not_mine(file: CaseFile, reply: Row, allegation: Row) -> bool:
    notice = file.latest(reply.plain["notice"])
    if notice is None or not is_theirs(file, notice):
        return False
    named = reply.plain.get("not_posted") or notice.plain["allegations"]
    return file.root(allegation.id) in roots(file, named)


def found_theirs(file: CaseFile, allegation: Row, since: int) -> bool:
    """Whether the newest finding after a case version is that the member posted it."""
    newest = newest_finding(file, allegation, since)
    return newest is not None and newest.plain["finding"] == THEIRS


def newest_finding(file: CaseFile, allegation: Row, since: int) -> Row | None:
    """Who posted it, as last found about this allegation after a case version and since the case was last opened."""
    member = file.root(allegation.plain["respondent"])
    since = max(since, file.version_after("reopen"), persons.since(file, member))
    found = (row for row in file.current(ATTRIBUTIONS, since) if file.root(row.plain["respondent"]) == member)
    covering = [row for row in found if _covers(file, row, allegation)]
    return covering[-1] if covering else None


def _covers(file: CaseFile, finding: Row, allegation: Row) -> bool:
    named = finding.plain.get("allegations")
    return not named or file.root(allegation.id) in roots(file, named)


def roots(file: CaseFile, ids: Iterable[str]) -> set[str]:
    """The first rows of the chains that these belong to."""
    return {file.root(one) for one in ids}


def reporter_is_named(file: CaseFile) -> bool:
    """Whether there is a name to tell or to withhold: not in an anonymous report, nor in one about oneself."""
    if file.case.kind == SELF:
        return False
    known = (row for row in file.current("parties") if row.plain["role"] == "reporter" and row.values.get("name"))
    return not file.case.anonymous or any(known)


def second_newest_notice(file: CaseFile) -> int:
    """The version before which a decision is out of date: that of the newest notice a further one followed."""
    members = roots(file, (row.plain["respondent"] for row in file.current(NOTICES)))
    sent = (sorted(_first(file, row).version for row in to_member(file, member)) for member in members)
    return max((versions[-2] for versions in sent if len(versions) > 1), default=0)


def _first(file: CaseFile, row: Row) -> Row:
    return file.row(file.root(row.id)) or row


def is_confirmed(file: CaseFile) -> bool:
    """Whether it was last said that the person named in the report sent it; an officer's word outranks the code's."""
    since = persons.part_since(file, "reporter")
    said = file.current(CONFIRMATIONS, since) if CONFIRMATIONS in file.workflow.records else []
    asked = [row for row in said if row.by_role not in PARTS]
    counts = asked or said
    return bool(counts) and counts[-1].plain["confirmed"] == "yes"


def told_name(file: CaseFile) -> str:
    """The name that the member may learn: as last decided and confirmed by its owner; empty in every other case."""
    decision = identity_decision(file)
    if decision is None or decision.plain["decision"] != TOLD or not is_confirmed(file):
        return ""
    return reporter_name(file)


def identity_decision(file: CaseFile) -> Row | None:
    """The newest decision on whether the name of whoever is the reporter now may be told."""
    since = persons.part_since(file, "reporter")
    return file.newest(IDENTITY, since) if IDENTITY in file.workflow.records else None


def reporter_name(file: CaseFile) -> str:
    """The name of whoever sent the report, as they gave it or as it was recorded since."""
    parties = (row.values.get("name", "") for row in file.current("parties") if row.plain["role"] == "reporter")
    given = file.report.values.get("reporter", {}).get("name", "")
    return str(next((name for name in parties if name), given))


def before_notice(file: CaseFile) -> list[tuple[str, str]]:
    """What to see to before the next notice goes out, in words, each with the kind of record that it takes if any."""
    newest = max((row.version for row in file.current(NOTICES)), default=0)
    found = []
    if reporter_is_named(file) and not file.current(IDENTITY, newest):
        found.append(("Decide again whether the member may learn who reported it", IDENTITY))
    members = {file.root(row.plain["respondent"]) for row in file.current(ALLEGATIONS)}
    if file.case.kind == TARGET or any(affected_is_known(file, member) for member in members):
        found.append(("Tell the person affected two days before, and ask whether they are safe", ""))
    return found


def affected_is_known(file: CaseFile, member: str) -> bool:
    """Whether somebody known is affected who is not the member that the notice goes to."""
    about = file.latest(member)
    said = (about.values.get("name", ""), about.values.get("handle", "")) if about is not None else ("", "")
    targets = [row for row in file.current("parties") if row.plain["role"] == TARGET]
    others = [row for row in targets if file.root(row.id) != file.root(member) and not _alike(row, *said)]
    if any(row.plain["identified"] != "unknown" for row in others):
        return True
    return file.case.kind == TARGET and not file.case.anonymous


def _alike(row: Row, name: str, handle: str) -> bool:
    same_account = bool(handle) and row.values.get("handle", "").casefold() == handle.casefold()
    return same_account or same_name(row.values.get("name", ""), name)
