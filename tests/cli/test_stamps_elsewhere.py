"""Stamps and witnesses go along in a copy, and hold for a log that ended when a loss was declared."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from app import clock
from app.audit.checkpoints import cosign
from app.audit.log import SYSTEM
from app.audit.notes import COSIGNATURE, Signer
from app.oversight import stamping, witnesses
from tests.authority import Served, authority, served
from tests.branch import Branch
from tests.cli.computers import TWO, Computer, here, later, newest, there
from tests.databases import SPARING

__all__ = ["authority", "here", "served", "there"]
pytestmark = pytest.mark.parametrize("branch", SPARING, indirect=True)
ONE = Signer("witness.example/one", bytes(range(1, 33)))


def stamped(branch: Branch, url: str, days: int) -> bool:
    home = replace(branch.home, settings=branch.home.settings.model_copy(update={"timestamp_url": url}))
    with freeze_time((clock.now() + timedelta(days=days)).replace(hour=12)):
        return stamping.stamp_due(home, clock.now())


def test_they_are_sound_elsewhere_and_after_a_declared_loss(
    branch: Branch, here: Computer, there: Computer, tmp_path: Path, served: Served
) -> None:
    branch.report()
    witnesses.name_witness(branch.home, str(ONE.verifier(COSIGNATURE)), actor=SYSTEM, via="cli")
    note = cosign(newest(branch), ONE, int(clock.now().timestamp()))
    witnesses.bring_in(branch.home, note, actor=SYSTEM, via="cli")
    assert stamped(branch, served.url, 1)
    file, kept, seen = tmp_path / "copy.backup", tmp_path / "minutes", tmp_path / "seen"
    seen.write_text(note)
    here.run("backup", str(file))
    later(branch, 1)
    kept.write_text(newest(branch))
    assert stamped(branch, served.url, 2)
    assert "The log is not signed on" in there.run("restore", str(file), "--checkpoint", str(kept), code=1)
    there.run("restore", "--declare-loss", *TWO, "--checkpoint", str(kept))
    assert "The record is sound." in there.run("audit", "verify")
    said = there.run("audit", "verify", "--checkpoint", str(seen))
    assert f"{ONE.name} signed it on" in said
    (row,) = json.loads(there.run("audit", "stamps", "--json"))["items"]
    there.run("audit", "stamp", row["day"], "--out", str(tmp_path))
    text, answer = (tmp_path / f"checkpoint-{row['day']}.{ending}" for ending in ("txt", "tsr"))
    assert served.authority.accepts(text.read_text(), answer.read_bytes())
    (known,) = json.loads(there.run("audit", "witnesses", "--json"))["items"]
    assert (known["name"], known["signed_at"] is not None) == (ONE.name, True)
