"""How the record stands, for programs: a check of all of it, and comparing it with what somebody kept."""

from datetime import timedelta

from freezegun import freeze_time

from app import clock
from app.audit.checkpoints import cosign, read_note
from app.audit.entries import decode
from app.audit.notes import COSIGNATURE, Signer
from tests.api.answers import good
from tests.api.test_openapi import document, holds
from tests.audit.record import by_owner
from tests.branch import ADMINISTRATOR, AUDITOR, Branch
from tests.cli.computers import newest

INTEGRITY = "/api/v1/integrity"
WITNESS = Signer("witness.example/one", bytes(range(1, 33)))
KEY = str(WITNESS.verifier(COSIGNATURE))


def test_how_the_record_stands_without_its_code_for_administrators(branch: Branch) -> None:
    branch.at("acknowledged")
    note = newest(branch)
    signed = read_note(note, branch.home.log.folder.verifiers()).checkpoint
    auditor, administrator = branch.client(AUDITOR), branch.client(ADMINISTRATOR)
    answer = auditor.get(INTEGRITY)
    holds(document(branch), INTEGRITY, "get", answer)
    body = good(answer)
    assert (body["checked_at"], body["faults"], body["compared"], body["alarm"]) == (None, 0, None, "")
    told = good(administrator.get(INTEGRITY))
    assert (told["code"], told["log"]["signed"]) == (None, good(auditor.get(INTEGRITY))["log"]["signed"])
    assert body["code"] == signed.code
    assert signed.code not in administrator.get(INTEGRITY).text
    checked = auditor.post(f"{INTEGRITY}/checks")
    holds(document(branch), f"{INTEGRITY}/checks", "post", checked)
    assert good(checked) == {"faults": 0, "items": []}
    after = good(auditor.get(INTEGRITY))
    assert (after["faults"], after["checked_at"] is not None) == (0, True)
    entry = next(decode(one.entry) for one in branch.entries() if one.event == "record_checked")
    assert (entry["via"], entry["actor"], entry["count"]) == ("api", branch.ids[AUDITOR], 0)


def test_faults_are_counted_for_administrators_and_named_for_auditors(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    case = branch.case(reference)
    by_owner(branch.home.db, f"UPDATE cases SET version = version + 1 WHERE id = '{case.id}'")
    assert good(branch.client(ADMINISTRATOR).post(f"{INTEGRITY}/checks")) == {"faults": 1, "items": None}
    answer = branch.client(AUDITOR).post(f"{INTEGRITY}/checks")
    holds(document(branch), f"{INTEGRITY}/checks", "post", answer)
    body = good(answer)
    assert body["faults"] == 1
    (fault,) = body["items"]
    assert fault["where"].startswith(f"case {reference}")
    assert fault["message"]
    assert good(branch.client(ADMINISTRATOR).get(INTEGRITY))["faults"] == 1


def test_a_code_is_compared_and_one_that_does_not_fit_counts_the_second_time(branch: Branch) -> None:
    branch.at("acknowledged")
    with freeze_time(clock.now() + timedelta(seconds=20)):
        note = newest(branch)
    signed = read_note(note, branch.home.log.folder.verifiers()).checkpoint
    with freeze_time(clock.now() + timedelta(minutes=1)):
        branch.report()
        branch.home.log.catch_up()
    client, url = branch.client(AUDITOR), f"{INTEGRITY}/comparisons"
    answer = client.post(url, json={"size": signed.size, "code": signed.code})
    holds(document(branch), url, "post", answer)
    body = good(answer)
    assert (body["same"], body["sound"], body["counts"], body["again"]) == (True, True, True, None)
    assert f"Yes. The {signed.size:,} entries" in body["words"]
    wrong = {"size": f"{signed.size:,}", "code": ("0" if signed.code[0] != "0" else "1") + signed.code[1:]}
    unsure = good(client.post(url, json=wrong))
    for answered in (unsure, good(client.post(url, json={**wrong, "again": "something else"}))):
        assert (answered["same"], answered["counts"], answered["unsure"]) == (False, False, True)
    assert compared(branch) == ["same"]
    sure = good(client.post(url, json={**wrong, "again": unsure["again"]}))
    assert (sure["same"], sure["counts"], sure["unsure"]) == (False, True, False)
    assert compared(branch) == ["same", "other"]
    assert good(client.get(INTEGRITY))["compared"]["same"] is False


def test_a_whole_checkpoint_is_compared_with_its_witnesses(branch: Branch) -> None:
    branch.at("acknowledged")
    with freeze_time(clock.now() + timedelta(seconds=20)):
        note = newest(branch)
    with freeze_time(clock.now() + timedelta(minutes=1)):
        branch.report()
        branch.home.log.catch_up()
    client = branch.client(AUDITOR)
    good(client.post(f"{INTEGRITY}/witnesses", json={"key": KEY}), 201)
    seen = cosign(note, WITNESS, int(clock.now().timestamp()))
    answer = client.post(f"{INTEGRITY}/comparisons", json={"note": seen})
    holds(document(branch), f"{INTEGRITY}/comparisons", "post", answer)
    body = good(answer)
    assert (body["same"], [one["standing"] for one in body["signatures"]]) == (True, ["good"])
    (witness,) = good(client.get(f"{INTEGRITY}/witnesses"))["items"]
    assert (witness["name"], witness["key"], witness["size"]) == (WITNESS.name, KEY, body["size"])
    assert compared(branch) == ["same"]
    entry = next(decode(one.entry) for one in branch.entries() if one.event == "checkpoint_compared")
    assert (entry["via"], entry["actor"]) == ("api", branch.ids[AUDITOR])


def compared(branch: Branch) -> list[str]:
    """What each comparison on the trail came to."""
    return [str(one.subject_id) for one in branch.entries() if one.event == "checkpoint_compared"]
