"""A reporter whose name is withheld is named by nothing that the member reads, whenever it was put to them (X17)."""

import pytest

from app.errors import Invalid
from tests.branch import SECRETARY, Branch, in_days
from tests.cases.by_reply_code import NAMED, REPORTER, notify, seen
from tests.shared_branch import shared_branch
from tests.web.conftest import shown

__all__ = ["shared_branch"]
NAME = REPORTER["name"]
TOLD = {"decision": "told", "reasons": "They cannot answer without it."}
WITHHELD = {"decision": "withheld", "reasons": "They changed their mind."}


def review(branch: Branch) -> tuple[str, str]:
    """A case under review and the member it is about."""
    reference = branch.at("under_review", **NAMED)
    return reference, branch.rows(reference, "parties")[0].id


def tell(branch: Branch, reference: str) -> None:
    """From now on the member may learn who reported it."""
    branch.keep(SECRETARY, reference, "report-confirmations", confirmed="yes", how="telephone")
    branch.keep(SECRETARY, reference, "identity-decisions", **TOLD)


def allege(branch: Branch, reference: str, member: str, **more: str) -> str:
    given = {"clause": "3.1", "respondent": member, "conduct": f"You called {NAME} a liar."} | more
    return branch.keep(SECRETARY, reference, "allegations", **given)


def refused(caught: pytest.ExceptionInfo[Invalid]) -> set[str]:
    assert all("names the person who reported" in one.message for one in caught.value.errors)
    return {one.field for one in caught.value.errors}


@pytest.mark.parametrize("field", ["conduct", "happened"])
def test_what_is_alleged_names_nobody_who_is_withheld(shared_branch: Branch, field: str) -> None:
    reference, member = review(shared_branch)
    with pytest.raises(Invalid) as caught:
        allege(shared_branch, reference, member, **{"conduct": "A public post.", field: f"Seen by {NAME}."})
    assert refused(caught) == {field}
    tell(shared_branch, reference)
    assert allege(shared_branch, reference, member, **{"conduct": "A public post.", field: f"Seen by {NAME}."})


def test_a_notice_names_nobody_who_is_withheld_by_itself_or_by_what_it_puts(shared_branch: Branch) -> None:
    reference, member = review(shared_branch)
    plain = shared_branch.rows(reference, "allegations")[0].id
    with pytest.raises(Invalid) as caught:
        notify(shared_branch, reference, member, [plain], evidence_listed=f"A picture by {NAME}")
    assert refused(caught) == {"evidence_listed"}
    tell(shared_branch, reference)
    naming = allege(shared_branch, reference, member)
    shared_branch.keep(SECRETARY, reference, "identity-decisions", **WITHHELD)
    with pytest.raises(Invalid) as caught:
        notify(shared_branch, reference, member, [plain, naming])
    assert refused(caught) == {"allegations"}


def test_words_put_while_the_name_was_told_leave_the_page_once_it_is_withheld(shared_branch: Branch) -> None:
    reference, member = review(shared_branch)
    tell(shared_branch, reference)
    listed = f"A picture by {NAME}"
    naming, plain = allege(shared_branch, reference, member), shared_branch.rows(reference, "allegations")[0].id
    notice, code = notify(
        shared_branch, reference, member, [naming, plain], evidence_listed=listed, sent_on=in_days(-1)
    )
    own = seen(shared_branch, code).notices[0]
    assert (own.allegations[0].conduct, own.evidence) == (f"You called {NAME} a liar.", listed)
    said = {"received_on": in_days(0), "text": "By telephone: no.", "disputes_attribution": "no"}
    shared_branch.keep(SECRETARY, reference, "replies", notice=notice, **said)
    shared_branch.keep(SECRETARY, reference, "identity-decisions", **WITHHELD)
    own = seen(shared_branch, code).notices[0]
    assert ([one.conduct for one in own.allegations], own.evidence) == (["", "A public post."], "")
    client = shared_branch.client()
    client.post("/my-reply", data={"reference": reference, "code": code})
    for path in ("/my-reply", f"/my-reply/notices/{notice}/reply"):
        page = client.get(path).text
        assert "treasurer" not in page
        assert "These words cannot be shown here" in shown(page)
    api = client.get("/api/v1/replies/mine", headers={"Authorization": f"Bearer {code}"})
    assert api.status_code == 200
    assert "treasurer" not in api.text
