"""Words typed into a letter are not lost: not to another tab, not as the letter leaves, not by one press (X3)."""

import re

import pytest
from starlette.testclient import TestClient

from app.errors import Invalid
from app.oversight.checking import check
from tests.branch import PASSWORD, SECRETARY, Branch, in_days
from tests.letters.correspondence import REPORTER, do, named, safe
from tests.postbox import Postbox
from tests.web.conftest import Form, shown

TYPED = "# Our reply\n\nAn hour of typing <b>."


def opened(branch: Branch) -> tuple[TestClient, str, str]:
    """An officer's browser, the letter's address by page, and its case."""
    reference = branch.report(reporter=REPORTER)
    safe(branch, reference)
    branch.give_password(SECRETARY)
    client = branch.client()
    client.post("/sign-in", data={"email": SECRETARY, "password": PASSWORD})
    return client, f"/cases/{reference}/letters/{named(branch, reference, 'acknowledgement')['id']}", reference


def form(markup: str, act: str) -> Form:
    """The form of an act on the page of a letter."""
    actions = re.findall(r'<form[^>]*action="([^"]+)"', markup)
    return Form(markup, next(place for place, one in enumerate(actions) if one.endswith(f"/{act}")))


def test_the_older_tab_is_told_and_keeps_its_words(desk: Branch, box: Postbox) -> None:
    client, place, reference = opened(desk)
    older, newer = (form(client.get(place).text, "edit") for _ in range(2))
    assert client.post(f"{place}/edit", data=newer.filled(text="# First\n\nThe other tab.")).status_code == 303
    answer = client.post(f"{place}/edit", data=older.filled(text=TYPED))
    assert answer.status_code == 409
    assert "changed this letter since you opened it" in shown(answer.text)
    assert "The other tab." in named(desk, reference, "acknowledgement")["text"]
    again = form(answer.text, "edit")
    assert again.filled()["text"] == [TYPED]
    assert client.post(f"{place}/edit", data=again.filled()).status_code == 303
    assert named(desk, reference, "acknowledgement")["text"] == TYPED


@pytest.mark.parametrize("act", ["send", "posted", "fill"])
def test_nobody_lets_words_go_that_they_have_not_seen(embedded: Branch, box: Postbox, act: str) -> None:
    client, place, reference = opened(embedded)
    do(embedded, reference, place.rsplit("/", 1)[1], "stop")
    older = form(client.get(place).text, act).filled(
        **{"how": "post", "sent_on": in_days(0)} if act == "posted" else {}
    )
    do(embedded, reference, place.rsplit("/", 1)[1], "edit", text=TYPED)
    assert client.post(f"{place}/{act}", data=older).status_code == 409
    assert named(embedded, reference, "acknowledgement")["text"] == TYPED


def test_words_typed_while_it_left_are_shown(desk: Branch, box: Postbox) -> None:
    client, place, reference = opened(desk)
    older = form(client.get(place).text, "edit")
    do(desk, reference, place.rsplit("/", 1)[1], "posted", how="post", sent_on=in_days(0))
    answer = client.post(f"{place}/edit", data=older.filled(text=TYPED))
    assert answer.status_code == 409
    assert "An hour of typing &lt;b&gt;." in answer.text
    assert "What you typed" in shown(answer.text)


def test_changed_words_are_filled_in_again_only_when_somebody_says_so(desk: Branch, box: Postbox) -> None:
    client, place, reference = opened(desk)
    letter = place.rsplit("/", 1)[1]
    do(desk, reference, letter, "stop")
    assert do(desk, reference, letter, "fill")["typed"] is False
    assert do(desk, reference, letter, "edit", text=TYPED)["typed"] is True
    with pytest.raises(Invalid, match="changed it by hand"):
        do(desk, reference, letter, "fill")
    page = client.get(place).text
    assert "What was changed by hand is lost" in shown(page)
    assert client.post(f"{place}/fill", data=form(page, "fill").filled()).status_code == 303
    assert "Thank you for telling us" in named(desk, reference, "acknowledgement")["text"]
    wording = named(desk, reference, "acknowledgement")["wording"]
    api = desk.client(SECRETARY)
    address = f"/api/v1/cases/{reference}/letters/{letter}"
    assert api.post(f"{address}/edit", json={"text": TYPED, "wording": wording}).status_code == 200
    assert api.post(f"{address}/edit", json={"text": "Mine.", "wording": wording}).status_code == 409
    assert api.post(f"{address}/fill", json={}).status_code == 422
    assert api.post(f"{address}/fill", json={"sure": True}).status_code == 200
    with desk.home.db.read() as session:
        assert check(desk.home, session) == []  # it is stopped yet, with other words
