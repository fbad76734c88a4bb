"""An entry in one plain sentence: steps and records take theirs from the workflow file (`done`), the rest is here."""

import re
from collections.abc import Mapping
from typing import Any

from app.audit.events import Event
from app.cases.casefile import STEP
from app.cases.guards import GUARDS, RECORD_PREFIX
from app.workflow.definition import Field, Workflow

SENTENCES: Mapping[str, str] = {
    Event.CASE_OPENED: "{actor} sent a report; the case was opened",
    Event.STEP_TAKEN: "{actor} took a step",
    Event.STEP_REFUSED: "{actor} tried to take a step and was refused",
    Event.RECORD_ADDED: "{actor} added a record",
    Event.HANDLER_ASSIGNED: "The case was given to the officer who looks after it now",
    Event.PEOPLE_KEPT_OUT: "From here on the case does not exist for those with an account who have a part in it",
    Event.RECEIPT_GIVEN: "{actor} sent something by a code and was given a receipt of it",
    Event.REPLY_CODE_ISSUED: "A code was made, with which the member can read the notice and reply",
    Event.REPLY_CODE_ENDED: "A code that somebody in the case had opens nothing any more",
    Event.ACCESS_CODE_RENEWED: "The old private code of the person who told us ended, and a new one took its place",
    Event.LETTER_PREPARED: "{actor} had a letter prepared: {letter}",
    Event.LETTER_EDITED: "{actor} changed a letter before it went out: {letter}",
    Event.LETTER_STOPPED: "{actor} stopped a letter: {letter}",
    Event.LETTER_RECALLED: "A letter that waited came back to the officer: {letter}",
    Event.LETTER_RELEASED: "{actor} let a letter go out: {letter}",
    Event.LETTER_SENT: "A letter was sent: {letter}",
    Event.LETTER_POSTED: "{actor} noted that a letter was handed over by hand: {letter}",
    Event.LETTER_FAILED: "A letter could not be sent: {letter}",
    Event.CASE_VIEWED: "{actor} opened the case to read",
    Event.EVIDENCE_OPENED: "{actor} opened a file of the evidence",
    Event.EVIDENCE_DAMAGED: "Alarm: a file of the evidence is not what was stored",
    Event.ACCESS_DENIED: "{actor} was turned away from something they may not see",
    Event.DENIALS_COUNTED: "{actor} was turned away many more times in one minute",
    Event.REMARK_WRITTEN: "{actor} wrote a remark",
    Event.REMARK_ANSWERED: "{actor} answered a remark of an auditor",
    Event.CONTENT_UNMASKED: "{actor} gave a reason and opened one part of the content for a day",
    Event.PERSON_ADDED: "{actor} made an account",
    Event.PERSON_CHANGED: "{actor} changed the details of an account",
    Event.PERSON_DISABLED: "{actor} closed an account",
    Event.PASSWORD_SET: "{actor} set a password",
    Event.OFFICE_GIVEN: "{actor} gave somebody an office",
    Event.OFFICE_ENDED: "{actor} ended somebody's office",
    Event.TOKEN_ISSUED: "{actor} made a key for a program",
    Event.TOKEN_REVOKED: "{actor} withdrew a key for a program",
    Event.LINK_ISSUED: "{actor} made a link to sign in once",
    Event.SIGNED_IN: "{actor} signed in",
    Event.SIGN_IN_FAILED: "Somebody tried to sign in and could not",
    Event.SIGNED_OUT: "{actor} signed out",
    Event.SESSION_ENDED: "{actor} ended somebody's sign-in",
    Event.SETTING_CHANGED: "{actor} changed a setting",
    Event.KEYS_COPIED: "{actor} confirmed that a copy of the keys is kept elsewhere",
    Event.LOG_KEY_CHANGED: "{actor} changed the key that signs the log",
    Event.LOG_REFUSED: "The log was not signed any more: somebody must look at it",
    Event.CHECKPOINT_MISSED: "The log was signed though no checkpoint was kept in the key folder: ask why",
    Event.CHECKPOINT_STAMPED: "An outside authority put its time on the day's checkpoint",
    Event.STAMP_FAILED: "No outside authority's time could be had for the day's checkpoint",
    Event.WITNESS_NAMED: "{actor} named a witness of the log",
    Event.WITNESS_REMOVED: "{actor} took a witness of the log off the list",
    Event.WITNESS_SIGNED: "{actor} brought in the signature of a witness, and it is good",
    Event.RECORD_CHECKED: "{actor} checked the whole record",
    Event.NEWS_CHECKED: "{actor} checked what came after a checkpoint that was kept",
    Event.RECORD_EXPORTED: "{actor} saved a copy of the record",
    Event.BACKUP_MADE: "{actor} made a copy of everything, without the keys",
    Event.BACKUP_RESTORED: "{actor} restored a copy of the database",
    Event.LOSS_DECLARED: "{actor} and another officer declared that entries are lost; a new log began",
    Event.CHECKPOINT_COMPARED: "{actor} compared the record with an earlier code",
    Event.RETURN_DECLARED: "{actor} declared for the year whether everything that came was entered",
    Event.WORKFLOW_KEPT: "The rules of a procedure were kept",
    Event.TRAIL_VIEWED: "{actor} read the record of steps",
    Event.SAMPLE_DRAWN: "{actor} drew a random sample of cases",
    Event.CLOSURE_ADDED: "{actor} recorded a day on which the branch is closed",
    Event.CLOSURE_WITHDRAWN: "{actor} took back a day on which the branch was to be closed",
    Event.MESSAGE_SET_ASIDE: "{actor} marked a message as no report",
    Event.CALENDAR_ISSUED: "{actor} made an address for their calendar",
    Event.CALENDAR_REVOKED: "{actor} withdrew the address of a calendar",
}
KINDS: Mapping[str, str] = {
    Event.CASE_OPENED: "A case was opened",
    Event.STEP_TAKEN: "A case moved",
    Event.STEP_REFUSED: "A step was refused",
    Event.RECORD_ADDED: "Something was recorded on a case",
    Event.HANDLER_ASSIGNED: "A case was given to an officer",
    Event.PEOPLE_KEPT_OUT: "People who have a part in a case were kept out of it",
    Event.RECEIPT_GIVEN: "A receipt was given for something that came by a code",
    Event.REPLY_CODE_ISSUED: "A member's code was made",
    Event.REPLY_CODE_ENDED: "A code was ended",
    Event.ACCESS_CODE_RENEWED: "A private code was changed",
    Event.LETTER_PREPARED: "A letter was prepared",
    Event.LETTER_EDITED: "A letter was changed before it went out",
    Event.LETTER_STOPPED: "A letter was stopped",
    Event.LETTER_RECALLED: "A letter that waited came back to the officer",
    Event.LETTER_RELEASED: "A letter was allowed to go out",
    Event.LETTER_SENT: "A letter was sent",
    Event.LETTER_POSTED: "A letter was handed over by hand",
    Event.LETTER_FAILED: "A letter could not be sent",
    Event.CASE_VIEWED: "A case was opened to read",
    Event.EVIDENCE_OPENED: "A file of the evidence was opened",
    Event.EVIDENCE_DAMAGED: "A file was not what was stored",
    Event.ACCESS_DENIED: "Someone was turned away",
    Event.DENIALS_COUNTED: "Someone was turned away many times",
    Event.REMARK_WRITTEN: "An auditor wrote a remark",
    Event.REMARK_ANSWERED: "An auditor's remark was answered",
    Event.CONTENT_UNMASKED: "An auditor opened a part of the content",
    Event.PERSON_ADDED: "An account was made",
    Event.PERSON_CHANGED: "An account was changed",
    Event.PERSON_DISABLED: "An account was closed",
    Event.PASSWORD_SET: "A password was set",
    Event.OFFICE_GIVEN: "An office was given",
    Event.OFFICE_ENDED: "An office was ended",
    Event.TOKEN_ISSUED: "A key for a program was made",
    Event.TOKEN_REVOKED: "A key for a program was withdrawn",
    Event.LINK_ISSUED: "A link to sign in was made",
    Event.SIGNED_IN: "Someone signed in",
    Event.SIGN_IN_FAILED: "Someone could not sign in",
    Event.SIGNED_OUT: "Someone signed out",
    Event.SESSION_ENDED: "A sign-in was ended",
    Event.SETTING_CHANGED: "A setting was changed",
    Event.KEYS_COPIED: "A copy of the keys was confirmed",
    Event.LOG_KEY_CHANGED: "The log's key was changed",
    Event.LOG_REFUSED: "The log was refused a signature",
    Event.CHECKPOINT_MISSED: "No checkpoint was kept in the key folder",
    Event.CHECKPOINT_STAMPED: "A checkpoint was stamped",
    Event.STAMP_FAILED: "A checkpoint could not be stamped",
    Event.WITNESS_NAMED: "A witness was named",
    Event.WITNESS_REMOVED: "A witness was taken off the list",
    Event.WITNESS_SIGNED: "A witness's signature was brought in",
    Event.RECORD_CHECKED: "The record was checked",
    Event.NEWS_CHECKED: "What came after a kept checkpoint was checked",
    Event.RECORD_EXPORTED: "A copy of the record was saved",
    Event.BACKUP_MADE: "A copy of everything was made",
    Event.BACKUP_RESTORED: "The database was restored",
    Event.LOSS_DECLARED: "A loss of entries was declared",
    Event.CHECKPOINT_COMPARED: "The record was compared with an earlier code",
    Event.RETURN_DECLARED: "A yearly declaration was made",
    Event.WORKFLOW_KEPT: "The rules of a procedure were kept",
    Event.TRAIL_VIEWED: "The record of steps was read",
    Event.SAMPLE_DRAWN: "A random sample was drawn",
    Event.CLOSURE_ADDED: "A closure day was recorded",
    Event.CLOSURE_WITHDRAWN: "A closure day was taken back",
    Event.MESSAGE_SET_ASIDE: "A message was marked as no report",
    Event.CALENDAR_ISSUED: "An address for a calendar was made",
    Event.CALENDAR_REVOKED: "An address for a calendar was withdrawn",
}
"""Each kind of entry in a few words, for a list to choose from."""
NOT_SAID = "not said"
CHANGED_SINCE = "Something else stood here: this entry was changed after it was written, and cannot be read any more"
_PLACE = re.compile(r"\{([a-z_]+)\}")


def sentence(item: Mapping[str, Any], workflow: Workflow | None, role: str) -> str:
    """The sentence of an entry (as JSON, with `details` the codes of its record), beginning with a capital."""
    if item["event"] not in SENTENCES:
        return CHANGED_SINCE
    template, fields = _template(item, workflow)
    words = {"actor": role, **_letter(item, workflow), **_labels(fields, item.get("details") or {})}
    text = _PLACE.sub(lambda found: words.get(found[1], NOT_SAID), template).removesuffix(f": {NOT_SAID}")
    return text[:1].upper() + text[1:]


def condition_words(name: str, workflow: Workflow | None) -> str:
    """A condition as its sentence once it holds; the name itself where nobody knows it any more."""
    kind = name.removeprefix(RECORD_PREFIX)
    if kind != name and workflow is not None and kind in workflow.records:
        return f"“{workflow.records[kind].label}” is recorded"
    return GUARDS[name].met if name in GUARDS else name


def _template(item: Mapping[str, Any], workflow: Workflow | None) -> tuple[str, tuple[Field, ...]]:
    event, general = item["event"], SENTENCES[item["event"]]
    if workflow is None:
        return general, ()
    if event == Event.CASE_OPENED:
        return workflow.opening.done, ()
    kind = (item["record"] or {}).get("kind", "")
    if event == Event.RECORD_ADDED and kind in workflow.records:
        record = workflow.records[kind]
        return record.done, record.fields
    arrow = next((one for one in workflow.transitions if one.trigger == item["trigger"]), None)
    if arrow is None:
        return general, ()
    if event == Event.STEP_TAKEN and kind == STEP:
        return arrow.done, arrow.inputs
    return f"{{actor}} tried “{arrow.label}” and was refused", ()


def _letter(item: Mapping[str, Any], workflow: Workflow | None) -> dict[str, str]:
    """The label of the letter that an entry is about."""
    name = (item["subject"] or {}).get("id", "") if workflow else ""
    return {"letter": workflow.letters[name].label.lower()} if workflow and name in workflow.letters else {}


def _labels(fields: tuple[Field, ...], codes: Mapping[str, Any]) -> dict[str, str]:
    return {one.name: _label(one, codes[one.name]) for one in fields if one.name in codes}


def _label(question: Field, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    known = {option.value: option.label for option in question.options}
    return ", ".join(known.get(str(one), str(one)) for one in values)
