"""Time stamps on pages: the last one, why none came, and both files as OpenSSL takes them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from freezegun import freeze_time

from app import clock
from app.oversight import stamping
from tests.audit.record import by_owner
from tests.authority import Served, authority, served
from tests.branch import ADMINISTRATOR, AUDITOR, SECRETARY, Branch
from tests.cli.computers import newest
from tests.web.conftest import Enter, shown

__all__ = ["authority", "served"]


@pytest.mark.parametrize("email", [AUDITOR, ADMINISTRATOR])
def test_a_stamp_is_shown_and_given_as_files(branch: Branch, enter: Enter, served: Served, email: str) -> None:
    newest(branch)
    enter(email)  # what serves is imported before a clock is set
    noon = (clock.now() + timedelta(days=1)).replace(hour=12)
    branch.home = replace(branch.home, settings=branch.home.settings.model_copy(update={"timestamp_url": served.url}))
    with freeze_time(noon):
        client = enter(email)
        served.behaviour = "rubbish"
        stamping.stamp_due(branch.home, clock.now())
        assert "the answer was no time stamp" in shown(client.get("/integrity").text)
        assert "There is no time stamp yet" in shown(client.get("/integrity/stamps").text)
    with freeze_time(noon + timedelta(hours=4)):
        client = enter(email)
        served.behaviour = "honest"
        assert stamping.stamp_due(branch.home, clock.now())
        said = shown(client.get("/integrity").text)
        assert "Last time stamp of an outside authority" in said
        assert "CN=Authority (test)" in said
        assert "no time stamp" not in said
        page = client.get("/integrity/stamps")
        day = noon.date()
        assert f'href="/integrity/stamps/{day}/token"' in page.text
        seconds = int(clock.now().timestamp())
        command = f"-data checkpoint-{day}.txt -in checkpoint-{day}.tsr -CAfile root.pem -attime {seconds}"
        assert f"openssl ts -verify {command}" in shown(page.text)
        answer, note = (client.get(f"/integrity/stamps/{day}/{part}") for part in ("token", "checkpoint"))
        assert answer.headers["content-type"] == "application/timestamp-reply"
        assert f'filename="checkpoint-{day}.tsr"' in answer.headers["content-disposition"]
        assert served.authority.accepts(note.text, answer.content)
        assert client.get("/integrity/stamps/2020-01-01/token").status_code == 404
        assert client.get("/integrity/stamps/soon/token").status_code in (404, 422)


def test_a_stamp_that_does_not_fit_says_so(branch: Branch, enter: Enter, served: Served) -> None:
    newest(branch)
    branch.home = replace(branch.home, settings=branch.home.settings.model_copy(update={"timestamp_url": served.url}))
    assert stamping.stamp_due(branch.home, (clock.now() + timedelta(days=1)).replace(hour=12))
    by_owner(branch.home.db, "UPDATE checkpoint_stamp SET answer = ?", b"\x30\x00")
    client = enter(AUDITOR)
    assert "entries (it does NOT fit: check the whole record)." in shown(client.get("/integrity").text)
    assert "The stamp does not fit: check the whole record" in shown(client.get("/integrity/stamps").text)


def test_without_the_setting_nobody_is_asked_and_others_see_nothing(branch: Branch, enter: Enter) -> None:
    assert "No authority is named" in shown(enter(AUDITOR).get("/integrity/stamps").text)
    for path in ("", "/2026-01-01/token", "/2026-01-01/checkpoint"):
        assert enter(SECRETARY).get(f"/integrity/stamps{path}").status_code == 403
