"""Every router of the pages, in the order in which they are matched."""

from app.web import (
    account,
    case_pages,
    dialogue_pages,
    integrity_pages,
    my_reply,
    my_report,
    panel_pages,
    person,
    public,
    report,
    see_as,
    setting_up,
    signing_in,
    trail_pages,
    users,
    worklist,
)

ROUTERS = [
    public.router,
    my_report.router,
    my_reply.router,
    report.router,
    account.router,
    signing_in.router,
    setting_up.router,
    worklist.router,
    dialogue_pages.router,
    case_pages.router,
    see_as.router,
    panel_pages.router,
    trail_pages.router,
    integrity_pages.router,
    users.router,
    person.router,
]
