"""What is typed and what must stand on the record afterwards, for the cases that are walked by page."""

from datetime import timedelta
from typing import Any

from app import clock
from tests.browser.reviews import MEMBER

Pages = tuple[dict[str, Any], ...]

SHAMBLES: Pages = (
    {"involves_secretary": "no"},
    {
        "statement": "A ward organiser called a council policy “a shambles” on the ward page.",
        "items__0__platform": "The ward page",
        "items__0__posted_on": clock.today() - timedelta(days=2),
        "how_seen": "I follow that page.",
    },
    {"clauses": ["3.3"], "respondent__name": MEMBER, "respondent__is_member": "yes"},
    {"reporter__name": "Ward member (example)", "reporter__email": "ward.member@example.org"},
)
SHAMBLES_TRAIL = (
    "Someone sent a report; the case was opened",
    "Secretary opened the case to read",
    "Secretary declared: Nothing connects me with it",
    "Secretary tried “Confirm that we have replied” and was refused",
    "Secretary recorded the reply to the person who told us: Email",
    "Secretary replied to the person who told us",
    "Secretary wrote down what is alleged: 3.3 Defamatory or unlawful comments",
    "Secretary began looking into it",
    "Secretary tried “Refer for disciplinary action” and was refused",
    "Secretary tried “Finish without a panel” and was refused",
    "Secretary put what is alleged to the member: Email",
    "Secretary finished the case without a panel: Within the guidance",
    "Administrator was turned away from something they may not see",
)
BULLYING: Pages = (
    {"involves_secretary": "no"},
    {"statement": "Fourteen messages in three weeks, each worse than the last.", "safe_now": "yes"},
    {"respondent__name": MEMBER},
    {
        "reporter__name": "Ward treasurer (example)",
        "reporter__phone": "01632 960123",
        "reporter__email": "treasurer@example.net",
        "share_identity": "no",
        "share_identity_reason": "I am afraid of more.",
    },
)
BULLYING_TRAIL = (
    "Secretary tried “Refer for disciplinary action” and was refused",
    "Secretary referred the case to the disciplinary panel",
    "Secretary tried “Record the panel’s decision and finish” and was refused",
    "Secretary recorded a decision of the panel: Found to have happened",
    "Secretary recorded a finding: Found not to have happened",
    "Secretary recorded the panel's decision and finished the case",
)
SECRETARYS_PAGE: Pages = (
    {"involves_secretary": "yes"},
    {"statement": "The branch’s own page made fun of how I speak.", "safe_now": "yes"},
    {"respondent__name": "The branch secretary", "respondent__is_member": "yes"},
    {"reporter__name": "Ward member (example)", "share_identity": "ask_me"},
)
SECRETARYS_PAGE_TRAIL = (
    "Someone sent a report; the case was opened",
    "Secretary was turned away from something they may not see",
    "Deputy secretary declared: Nothing connects me with it",
    "Deputy secretary tried “Finish without a panel” and was refused",
    "Deputy secretary finished the case without a panel: Advice, not a penalty",
)
PSEUDONYM: Pages = (
    {"involves_secretary": "no"},
    {"statement": "An account without a name insults a member.", "how_seen": "On the ward page."},
    {"clauses": ["3.1"], "respondent__handle": "@nobody_example"},
    {},
)
PSEUDONYM_TRAIL = (
    "Secretary finished the case without a panel: The account's holder could not be found",
    "Secretary tried “Look at it again” and was refused",
    "Deputy secretary tried “Look at it again” and was refused",
    "Deputy secretary declared: Nothing connects me with it",
    "Deputy secretary opened the case again: New evidence that matters",
    "Deputy secretary referred the case to the disciplinary panel",
    "Deputy secretary recorded the panel's decision and finished the case",
)
