"""Every router of the API, in one list."""

from app.api import (
    books,
    case_mails,
    cases,
    closures,
    definitions,
    due_updates,
    files,
    integrity,
    letters,
    mails,
    openapi,
    oversight,
    own_files,
    people,
    remarks,
    replies,
    reports,
    set_aside,
    trail,
    watching,
    yearly,
)

ROUTERS = [
    one.router
    for one in (
        reports,
        mails,
        replies,
        own_files,
        people,
        letters,
        files,
        remarks,
        case_mails,
        cases,
        closures,
        due_updates,
        set_aside,
        trail,
        oversight,
        integrity,
        books,
        watching,
        yearly,
        definitions,
        openapi,
    )
]
