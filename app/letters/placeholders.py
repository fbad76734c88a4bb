"""The fixed set of places in a letter that Casetrail fills in, each with where to put right what is missing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Placeholder:
    """What stands there once it is filled, and where it comes from, for the officer who finds it empty."""

    what: str
    where: str


_NEWEST = "record it on the case, then press “Fill in again”"
PLACEHOLDERS: dict[str, Placeholder] = {
    "organisation": Placeholder("Name of the branch", "in the settings of the branch"),
    "contact": Placeholder("How to reach the branch", "in the settings of the branch"),
    "officer": Placeholder("Name of the officer looking after the case", "the case needs an officer first"),
    "today": Placeholder("Date of the letter", "filled in by itself"),
    "reference": Placeholder("Reference of the case", "filled in by itself"),
    "dear": Placeholder("“Dear …,” with the name, or “Hello,”", "filled in by itself"),
    "advice": Placeholder("The procedure's advice before a report is sent", "in the procedure, under “open”"),
    "own_report": Placeholder("“what you told us”: only for who came of their own accord", "filled in by itself"),
    "others_report": Placeholder("“your report” or “a report”: for everybody else", "filled in by itself"),
    "received_on": Placeholder("Day on which the report arrived", "filled in by itself"),
    "news_by": Placeholder("Day by which they hear from the branch again", "type the day into the letter"),
    "own_page": Placeholder("Address of the page where they read and write", "in the settings: CASETRAIL_BASE_URL"),
    "reply_code": Placeholder("The member's own code for that page", "made when the notice is recorded"),
    "known_code": Placeholder("That they have a code already", "a new code is given on the case"),
    "message": Placeholder("What you want to say", "type it into the letter"),
    "guidance": Placeholder("The guidance that applies, with its version", f"in the scope note: {_NEWEST}"),
    "clauses": Placeholder("The clauses alleged, in short", f"what is alleged: {_NEWEST}"),
    "allegations": Placeholder("What is alleged: clause, its text, the conduct", f"what is alleged: {_NEWEST}"),
    "when": Placeholder("When it is said to have happened", "type it into the letter"),
    "evidence": Placeholder("What the allegation rests on", "in the notice, or type it in, one line for each item"),
    "reply_by": Placeholder("Last day for the reply", f"in the notice to the member: {_NEWEST}"),
    "notice_sent_on": Placeholder("Day on which the notice was sent", f"in the notice to the member: {_NEWEST}"),
    "back_reason": Placeholder("Why the panel gave it back", "given with that step"),
    "outcome": Placeholder("The outcome in words", "given with the step that finished the case"),
    "findings": Placeholder("The result for each allegation", f"in the findings: {_NEWEST}"),
    "reasons": Placeholder("The reasons", "given with the step that finished the case"),
    "measures": Placeholder("What happens now", "in the decision of the panel"),
    "review_by": Placeholder("Last day to ask the branch to look again", "type the day into the letter"),
    "ground": Placeholder("Why it is looked at again", "given with that step"),
    "hearing_on": Placeholder("Day of the hearing", f"in the hearing: {_NEWEST}"),
    "hearing_time": Placeholder("Time of the hearing", f"in the hearing: {_NEWEST}"),
    "hearing_where": Placeholder("Where the hearing is, or how to take part", f"in the hearing: {_NEWEST}"),
}
IN_SUBJECT = frozenset({"organisation"})
"""All that a subject may hold: no fact of a case (X18)."""
