"""Whether the record is sound: counts for administrators, faults for auditors, nothing for others."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import text as sql

from app import clock
from app.audit.log import SYSTEM
from app.oversight.checking import record_check
from tests.branch import ADMINISTRATOR, AUDITOR, NOBODY, PANEL, SECRETARY, Branch
from tests.web.conftest import Enter, shown


@pytest.mark.parametrize("email", [AUDITOR, ADMINISTRATOR])
def test_the_page_counts_and_checks(branch: Branch, enter: Enter, email: str) -> None:
    reference, client = branch.at("acknowledged"), enter(email)
    page = client.get("/integrity")
    said = shown(page.text)
    assert "It was not checked yet" in said
    assert f"{len(branch.entries()):,}" in said
    assert "Whoever holds both the database and the key folder could write all of it anew" in said
    assert 'href="/integrity" aria-current="page"' in page.text
    assert client.post("/integrity/check").headers["location"] == "/integrity"
    assert branch.events()[-1] == "record_checked"
    said = shown(client.get("/integrity").text)
    assert "nothing is missing and nothing was changed" in said
    assert reference not in said


def test_the_page_says_how_far_the_log_is_signed_and_raises_an_alarm(branch: Branch, enter: Enter) -> None:
    branch.at("acknowledged")
    branch.home.log.catch_up()
    client = enter(AUDITOR)
    said = shown(client.get("/integrity").text)
    assert "Last signed Not yet" not in said
    assert "not signed any more" not in said
    branch.home.log.folder.checkpoint_file.write_text("damaged")
    with freeze_time(clock.now() + timedelta(minutes=1)):
        branch.report()
        branch.home.log.catch_up()
        said = shown(client.get("/integrity").text)
    assert "The log is not signed any more: the last checkpoint that was kept is damaged" in said
    ready = branch.client().get("/readyz")
    assert (ready.status_code, ready.json()["log"]) == (200, "kept_checkpoint_wrong")


def test_a_checkpoint_that_is_not_kept_outside_is_an_alarm_everywhere(
    branch: Branch, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch.at("acknowledged")
    branch.home.log.catch_up()
    client = enter(AUDITOR)
    monkeypatch.setattr(branch.home.log.folder, "keep", lambda _note: None)
    with freeze_time(clock.now() + timedelta(seconds=2)):  # a second after the last, the next may be signed
        branch.report()
        branch.home.log.catch_up()
        assert branch.client().get("/readyz").json()["log"] == "ok"
    with freeze_time(clock.now() + timedelta(minutes=6)):
        branch.home.log.catch_up()
        assert branch.client().get("/readyz").json()["log"] == "unkept"
        assert "The last checkpoint is not kept outside the database" in shown(client.get("/integrity").text)
        said = [str(fault) for fault in record_check(branch.home, actor=SYSTEM, via="cli")]
    assert any("The last checkpoint is not kept outside the database" in line for line in said)


@pytest.mark.parametrize(("email", "named"), [(AUDITOR, True), (ADMINISTRATOR, False)])
def test_faults_are_counted_for_both_and_named_for_auditors(
    branch: Branch, enter: Enter, email: str, named: bool
) -> None:
    branch.at("acknowledged")
    client = enter(email)
    with branch.home.db.write() as session:
        session.connection().execute(sql("DELETE FROM vault WHERE group_name = 'text'"))
    answer = client.post("/integrity/check")
    assert answer.status_code == 200
    assert "wrong with the record" in shown(answer.text)
    assert ("the sealed group" in shown(answer.text)) is named
    assert "found" in shown(client.get("/integrity").text)


@pytest.mark.parametrize("email", [SECRETARY, PANEL[0], NOBODY])
def test_nobody_else_opens_it(enter: Enter, email: str) -> None:
    client = enter(email)
    assert client.get("/integrity").status_code == 403
    assert client.post("/integrity/check").status_code == 403
    assert 'href="/integrity"' not in client.get("/account").text
