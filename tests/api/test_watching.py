"""Who watches from outside, for programs: witnesses are named and taken off, stamps listed and given as files."""

from dataclasses import replace
from datetime import timedelta

from freezegun import freeze_time

from app import clock
from app.audit.entries import decode
from app.audit.notes import COSIGNATURE, Signer
from app.oversight import stamping
from tests.api.answers import fields, good, problem
from tests.api.test_openapi import document, holds
from tests.authority import Served, authority, served
from tests.branch import ADMINISTRATOR, AUDITOR, Branch
from tests.cli.computers import newest

__all__ = ["authority", "served"]
INTEGRITY = "/api/v1/integrity"
WITNESS = Signer("witness.example/one", bytes(range(1, 33)))
KEY = str(WITNESS.verifier(COSIGNATURE))


def test_a_witness_is_named_and_taken_off_the_list(branch: Branch) -> None:
    described, url = document(branch), f"{INTEGRITY}/witnesses"
    for email in (AUDITOR, ADMINISTRATOR):
        client = branch.client(email)
        named = client.post(url, json={"key": KEY})
        holds(described, url, "post", named)
        assert good(named, 201) == {"name": WITNESS.name, "key": KEY, "signed_at": None, "size": None}
        assert fields(client.post(url, json={"key": KEY})) == {"key"}
        listed = client.get(url)
        holds(described, url, "get", listed)
        assert good(listed)["items"] == [named.json()]
        gone = client.delete(url, params={"name": WITNESS.name})
        holds(described, url, "delete", gone)
        assert good(gone) == {"name": WITNESS.name}
        problem(client.delete(url, params={"name": WITNESS.name}), 404)
    made = [decode(one.entry) for one in branch.entries() if one.event.startswith("witness_")]
    assert [one["event"] for one in made] == ["witness_named", "witness_removed"] * 2
    assert {one["via"] for one in made} == {"api"}


def test_stamps_are_listed_and_given_as_files(branch: Branch, served: Served) -> None:
    newest(branch)
    noon = (clock.now() + timedelta(days=1)).replace(hour=12)
    branch.home = replace(branch.home, settings=branch.home.settings.model_copy(update={"timestamp_url": served.url}))
    client, described = branch.client(ADMINISTRATOR), document(branch)
    with freeze_time(noon):
        assert stamping.stamp_due(branch.home, clock.now())
        listed = client.get(f"{INTEGRITY}/stamps")
        holds(described, f"{INTEGRITY}/stamps", "get", listed)
        (stamp,) = good(listed)["items"]
        with branch.home.db.read() as session:
            row = stamping.stamped(session, noon.date())
        assert (stamp["day"], stamp["size"]) == (noon.date().isoformat(), row.size)
        token = client.get(f"{INTEGRITY}/stamps/{stamp['day']}/token")
        note = client.get(f"{INTEGRITY}/stamps/{stamp['day']}/checkpoint")
        assert (token.content, note.text) == (row.answer, row.note)
        assert token.headers["content-type"] == "application/timestamp-reply"
        assert f'filename="checkpoint-{noon.date()}.tsr"' in token.headers["content-disposition"]
        body = good(client.get(INTEGRITY))
        assert body["stamped"] == stamp
        holds(described, INTEGRITY, "get", client.get(INTEGRITY))
