"""Every router of the pages, in the order in which they are matched."""

from app.web import (
    account,
    case_pages,
    evidence_pages,
    integrity_pages,
    panel_pages,
    person,
    public,
    report,
    setting_up,
    signing_in,
    trail_pages,
    users,
    worklist,
)

ROUTERS = [
    public.router,
    report.router,
    account.router,
    signing_in.router,
    setting_up.router,
    worklist.router,
    evidence_pages.router,
    case_pages.router,
    panel_pages.router,
    trail_pages.router,
    integrity_pages.router,
    users.router,
    person.router,
]
