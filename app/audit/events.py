"""The one list of what can be on the trail, in the past tense."""

from enum import StrEnum


class Event(StrEnum):
    """A kind of entry."""

    CASE_OPENED = "case_opened"
    STEP_TAKEN = "step_taken"
    STEP_REFUSED = "step_refused"
    RECORD_ADDED = "record_added"
    HANDLER_ASSIGNED = "handler_assigned"
    REPLY_CODE_ISSUED = "reply_code_issued"
    REPLY_CODE_ENDED = "reply_code_ended"
    LETTER_PREPARED = "letter_prepared"
    LETTER_EDITED = "letter_edited"
    LETTER_STOPPED = "letter_stopped"
    LETTER_RECALLED = "letter_recalled"
    LETTER_RELEASED = "letter_released"
    LETTER_SENT = "letter_sent"
    LETTER_POSTED = "letter_posted"
    LETTER_FAILED = "letter_failed"
    CASE_VIEWED = "case_viewed"
    EVIDENCE_OPENED = "evidence_opened"
    EVIDENCE_DAMAGED = "evidence_damaged"
    ACCESS_DENIED = "access_denied"
    DENIALS_COUNTED = "denials_counted"
    REMARK_WRITTEN = "remark_written"
    REMARK_ANSWERED = "remark_answered"
    CONTENT_UNMASKED = "content_unmasked"
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    PERSON_DISABLED = "person_disabled"
    PASSWORD_SET = "password_set"  # noqa: S105 (what happened, no secret)
    OFFICE_GIVEN = "office_given"
    OFFICE_ENDED = "office_ended"
    TOKEN_ISSUED = "token_issued"  # noqa: S105 (as above)
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 (as above)
    LINK_ISSUED = "link_issued"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    SETTING_CHANGED = "setting_changed"
    KEYS_COPIED = "keys_copied"
    LOG_KEY_CHANGED = "log_key_changed"
    LOG_REFUSED = "log_refused"
    RECORD_CHECKED = "record_checked"
    NEWS_CHECKED = "news_checked"
    RECORD_EXPORTED = "record_exported"
    BACKUP_MADE = "backup_made"
    BACKUP_RESTORED = "backup_restored"
    LOSS_DECLARED = "loss_declared"
    CHECKPOINT_COMPARED = "checkpoint_compared"
    RETURN_DECLARED = "return_declared"
    WORKFLOW_KEPT = "workflow_kept"
    TRAIL_VIEWED = "trail_viewed"
    SAMPLE_DRAWN = "sample_drawn"
    CLOSURE_ADDED = "closure_added"
    CLOSURE_WITHDRAWN = "closure_withdrawn"
    MESSAGE_SET_ASIDE = "message_set_aside"
    CALENDAR_ISSUED = "calendar_issued"
    CALENDAR_REVOKED = "calendar_revoked"


EVENTS = tuple(Event)

MOVES = frozenset({Event.CASE_OPENED, Event.STEP_TAKEN, Event.RECORD_ADDED, Event.HANDLER_ASSIGNED})
"""Entries whose `case_version` is the version the case has once their transaction is committed."""
