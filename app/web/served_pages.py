"""What was served on a member, to be looked at again on their own pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from app.cases import respondent, served_looks
from app.cases.code_holders import RESPONDENT, CodeHolder
from app.deps import Home, public
from app.file_answer import file_answer
from app.web.code_pages import PAGES
from app.web.context import Id, Visitor, respond

PAGE = PAGES[RESPONDENT]
Holder = Annotated[CodeHolder | None, Depends(PAGE.holder)]
router = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


@router.get("/my-reply/evidence/{item}")
def look(request: Request, item: Id, home: Home, viewer: Visitor, holder: Holder) -> Response:
    """The page around one picture."""
    if holder is None:
        return RedirectResponse(PAGE.home, 303)
    one = served_looks.to_look_at(home, holder, respondent.read(home, holder, "page"), item, "page")
    return respond(request, "public/my_reply_look.html", viewer=viewer, one=one)


@router.get("/my-reply/evidence/{item}/picture")
def picture(item: Id, home: Home, holder: Holder) -> Response:
    """The picture itself; its opening is on the trail."""
    if holder is None:
        return RedirectResponse(PAGE.home, 303)
    return file_answer(served_looks.open_served(home, holder, item, "page"))
