"""Named witnesses: the list agrees with its entries, and a good signature that fits is remembered with its time."""

from datetime import timedelta

import pytest
from freezegun import freeze_time

from app import clock
from app.audit.checkpoints import cosign
from app.audit.cosignatures import fingerprint
from app.audit.log import SYSTEM
from app.audit.notes import COSIGNATURE, Signer
from app.errors import Invalid, NotFound
from app.installation import Setting
from app.oversight import witnesses
from app.oversight.checking import check, record_check
from app.oversight.witnesses import MOST, Witness
from tests.audit.record import by_owner
from tests.branch import Branch
from tests.cli.computers import newest

ONE = Signer("witness.example/one", bytes(range(1, 33)))
KEY = ONE.verifier(COSIGNATURE)


def name(branch: Branch, signer: Signer = ONE) -> None:
    witnesses.name_witness(branch.home, f" {signer.verifier(COSIGNATURE)}\n", actor=SYSTEM, via="cli")


def seen(branch: Branch) -> list[Witness]:
    with branch.home.db.read() as session:
        return witnesses.witnesses(session)


def signed(branch: Branch, hours: int = 0, signer: Signer = ONE) -> str:
    return cosign(newest(branch), signer, int((clock.now() + timedelta(hours=hours)).timestamp()))


def bring(branch: Branch, note: str) -> list[str]:
    return [one.standing for one in witnesses.bring_in(branch.home, note, actor=SYSTEM, via="cli")]


def said(branch: Branch, *saved: tuple[str, str]) -> list[str]:
    with branch.home.db.read() as session:
        return [str(fault) for fault in check(branch.home, session, saved)]


def test_a_good_signature_is_remembered_and_an_older_one_is_no_news(branch: Branch) -> None:
    name(branch)
    assert [one.signed_at for one in seen(branch)] == [None]
    note = signed(branch, -1)
    assert bring(branch, note) == ["good"]
    (one,) = seen(branch)
    assert one.signed_at is not None
    assert timedelta(minutes=59) < clock.now() - one.signed_at < timedelta(minutes=61)
    assert (one.size, one.days in (0, 1)) == (int(note.split("\n")[1]), True)
    assert bring(branch, note) == ["good"]
    assert bring(branch, signed(branch, -2)) == ["good"]
    assert branch.events().count("witness_signed") == 1
    with freeze_time(clock.now() + timedelta(hours=1)):
        assert bring(branch, signed(branch)) == ["good"]
    assert branch.events().count("witness_signed") == 2


def test_wrong_unknown_future_and_unfit_signatures_are_not_remembered(branch: Branch) -> None:
    name(branch)
    note = signed(branch)
    assert bring(branch, note[:-20] + "AAAA" + note[-16:]) == ["wrong"]
    assert bring(branch, signed(branch, signer=Signer("other.example/x", bytes(32)))) == ["unknown"]
    assert bring(branch, signed(branch, 1)) == ["good"]
    by_owner(
        branch.home.db,
        "UPDATE log_hash SET hash = (SELECT hash FROM log_hash WHERE idx = 1 AND level = 0) WHERE idx = 0",
    )
    assert bring(branch, note) == ["good"]
    assert [one.signed_at for one in seen(branch)] == [None]
    assert "witness_signed" not in branch.events()


def test_naming_and_removing_is_on_the_trail(branch: Branch) -> None:
    name(branch)
    with pytest.raises(Invalid) as twice:
        name(branch, Signer(ONE.name, bytes(32)))
    assert "There is a witness called witness.example/one" in twice.value.errors[0].message
    for text in (
        "nonsense",
        str(ONE.verifier()),
        str(KEY)[:-1],
        str(Signer("w" * 200, bytes(32)).verifier(COSIGNATURE)),
    ):
        with pytest.raises(Invalid):
            witnesses.name_witness(branch.home, text, actor=SYSTEM, via="cli")
    for number in range(1, MOST):
        name(branch, Signer(f"witness.example/{number}", bytes([number] * 32)))
    with pytest.raises(Invalid):
        name(branch, Signer("witness.example/last", bytes(32)))
    assert [one.key.name for one in seen(branch)][:2] == [ONE.name, "witness.example/1"]
    witnesses.remove_witness(branch.home, ONE.name, actor=SYSTEM, via="cli")
    with pytest.raises(NotFound):
        witnesses.remove_witness(branch.home, ONE.name, actor=SYSTEM, via="cli")
    assert ONE.name not in [one.key.name for one in seen(branch)]
    events = branch.events()
    assert (events.count("witness_named"), events.count("witness_removed")) == (MOST, 1)
    named = next(row for row in branch.entries() if row.event == "witness_named")
    assert named.subject_id == fingerprint(KEY)
    assert said(branch) == []


@pytest.mark.parametrize("value", [str(Signer("mine.example/x", bytes(32)).verifier(COSIGNATURE)), "", "rubbish"])
def test_a_list_edited_past_the_trail_is_a_fault(branch: Branch, value: str) -> None:
    name(branch)
    with branch.home.db.write() as session:
        session.merge(Setting(name=witnesses.SETTING, value=value, changed_at=clock.now()))
    found = said(branch)
    assert any("was taken out: its entry still names it" in line for line in found)
    assert any("mine.example/x was put in: no entry names it" in line for line in found) is value.startswith("mine")


def test_a_wrong_signature_under_a_saved_checkpoint_is_a_fault_and_a_good_one_is_news(branch: Branch) -> None:
    name(branch)
    note = signed(branch)
    wrong = note[:-20] + "AAAA" + note[-16:]
    assert any(
        "minutes.txt: The signature of witness.example/one is WRONG" in line
        for line in said(branch, ("minutes.txt", wrong))
    )
    assert record_check(branch.home, actor=SYSTEM, via="cli", saved=[("minutes.txt", note)]) == []
    assert branch.events().count("witness_signed") == 1
    assert any("WRONG" in str(f) for f in record_check(branch.home, actor=SYSTEM, via="cli", since=("s", wrong)))
