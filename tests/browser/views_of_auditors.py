"""What auditors look for, draw and leave on a case; and what whoever looks after it sees of that."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

from sqlmodel import col, select

from app import clock
from app.audit.checkpoints import cosign
from app.audit.log import SYSTEM
from app.audit.notes import COSIGNATURE, Signer
from app.cases.trails import cursor_of
from app.letters.models import FINAL, Letter
from app.oversight import remarks, stamping, unmasking, witnesses
from app.oversight.exceptions import LOOKOUTS
from tests.authority import Authority
from tests.branch import ADMINISTRATOR, AUDITOR, SECRETARY
from tests.browser.scene import HOSTILE, Scene
from tests.browser.somebody import Somebody
from tests.browser.view import View, at, case
from tests.cli.computers import newest

FULL, EMPTY, SEEN = "wrote", "closed", "put"
WITNESS = Signer(f"{'w' * 60}.example/one", bytes(range(1, 33)))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WHY = "To compare it with the letter that went out.\n" + HOSTILE


def auditors() -> Iterator[View]:
    """Every list, a sample, remarks and openings: empty, with answers to look at, full, and for the officer."""
    yield View("trail-checked", AUDITOR, _checked)
    yield View("integrity-auditor", AUDITOR, at("/integrity"))
    yield View("integrity-compared", AUDITOR, _compared)
    yield View("witnesses-none", AUDITOR, at("/integrity/witnesses"))
    yield View("witnesses-errors", AUDITOR, lambda one, _scene: one.press("Name this witness", 422))
    yield View("integrity-witnessed", AUDITOR, _witnessed)
    yield View("witnesses", AUDITOR, at("/integrity/witnesses"))
    yield View("stamps-none", AUDITOR, at("/integrity/stamps"))
    yield View("stamps", AUDITOR, _stamped)
    yield View("integrity-administrator", ADMINISTRATOR, at("/integrity"))
    yield View("reconciliation", AUDITOR, at("/integrity/reconciliation"))
    yield View("reconciliation-errors", AUDITOR, at("/integrity/reconciliation?from=soon", 422))
    yield View("statement", AUDITOR, at("/integrity/statement"))
    yield View("yearly-return", AUDITOR, at("/yearly-return"))
    yield View("yearly-return-secretary", SECRETARY, at("/yearly-return"))
    yield View("yearly-return-errors", SECRETARY, _undeclared)
    yield View("exceptions", AUDITOR, at("/trail/exceptions"))
    for name in LOOKOUTS:
        yield View(f"exceptions-{name}", AUDITOR, at(f"/trail/exceptions/{name}"))
    yield View("exceptions-errors", AUDITOR, at("/trail/exceptions/sleeping?days=soon", 422))
    yield View("exceptions-later", AUDITOR, at(f"/trail/exceptions/views?after={cursor_of(LONG_AGO, '0' * 32)}"))
    yield View("alike", AUDITOR, at("/trail/alike"))
    yield View("samples", AUDITOR, at("/trail/samples"))
    yield View("samples-errors", AUDITOR, lambda one, _scene: one.press("Draw a sample", 422))
    yield View("sample", AUDITOR, _drawn)
    yield View("samples-drawn", AUDITOR, at("/trail/samples"))
    yield View("path", AUDITOR, case(EMPTY, "/path"))
    yield View("remarks-none", AUDITOR, case(EMPTY, "/remarks"))
    yield View("remarks-errors", AUDITOR, lambda one, _scene: one.press("Write this remark", 422))
    yield View("openings-none", AUDITOR, case(EMPTY, "/openings"))
    yield View("openings-errors", AUDITOR, lambda one, _scene: one.press("Open this part", 422))
    yield View("remarks", AUDITOR, _remarked)
    for name, come in (("", _opened), ("-file", _opened_file), ("-picture", _opened_picture)):
        yield View(f"openings{name}", AUDITOR, come)
    yield View("metadata-audited", AUDITOR, case(FULL))
    yield View("worklist-audited", SECRETARY, at("/cases"))
    for name in ("remarks", "openings", "path", "trail"):
        yield View(f"{name}-officer", SECRETARY, case(FULL, f"/{name}"))


def _drawn(one: Somebody, _scene: Scene) -> None:
    one.go("/trail/samples")
    one.fill(count="5", start="999999999999999999")
    one.press("Draw a sample")


def _remarked(one: Somebody, scene: Scene) -> None:
    branch, reference = scene.live.branch, scene.cases[FULL]
    step, auditor = branch.entries(reference)[3].id, branch.viewer(AUDITOR)
    made = [
        remarks.write(branch.home, auditor, reference, {"text": text, "entry": step}, via="api")
        for text in ("Why was the update sent by hand?", HOSTILE)
    ]
    remarks.answer(branch.home, branch.viewer(SECRETARY), reference, made[-1], {"text": HOSTILE}, via="api")
    one.go(scene.path(FULL, "/remarks"))


def _opened(one: Somebody, scene: Scene) -> None:
    branch, reference = scene.live.branch, scene.cases[FULL]
    with branch.home.db.read() as session:
        letter = session.exec(
            select(Letter.id).where(Letter.case_id == branch.case(reference).id, col(Letter.state).in_(FINAL))
        ).first()
    for part in (f"{branch.rows(reference, 'messages')[-1].id}:text", f"{letter}:letter"):
        unmasking.unmask(branch.home, branch.viewer(AUDITOR), reference, {"part": part, "reason": WHY}, via="api")
    one.go(scene.path(FULL, "/openings"))


def _opened_file(one: Somebody, scene: Scene) -> None:
    branch, reference = scene.live.branch, scene.cases[SEEN]
    asked = {"part": f"{branch.rows(reference, 'evidence')[0].id}:file", "reason": WHY}
    unmasking.unmask(branch.home, branch.viewer(AUDITOR), reference, asked, via="api")
    one.go(scene.path(SEEN, "/openings"))


def _opened_picture(one: Somebody, _scene: Scene) -> None:
    one.page.get_by_role("link", name="Show the picture").click()
    one.page.wait_for_selector("figure img")


def _checked(one: Somebody, scene: Scene) -> None:
    one.go("/trail")
    one.press("Check the whole record now")


def _compared(one: Somebody, scene: Scene) -> None:
    one.go("/integrity")
    one.fill(size="2", code="00000 11111 22222 33333 44444 55555 66666 77777")
    one.press("Compare")


def _witnessed(one: Somebody, scene: Scene) -> None:
    home, now = scene.live.branch.home, int(clock.now().timestamp())
    witnesses.name_witness(home, str(WITNESS.verifier(COSIGNATURE)), actor=SYSTEM, via="cli")
    good = cosign(newest(scene.live.branch), WITNESS, now)
    one.go("/integrity")
    one.fill(note=cosign(cosign(good, Signer(WITNESS.name, bytes(32)), now), Signer("x" * 100, bytes(32)), now))
    one.press("Compare")


def _stamped(one: Somebody, scene: Scene) -> None:
    home = scene.live.branch.home
    asked = replace(home, settings=home.settings.model_copy(update={"timestamp_url": "https://stamps.example.org/tsa"}))
    with TemporaryDirectory() as folder:
        made = Authority(Path(folder))
        stamping.stamp_due(asked, clock.now().replace(hour=12), SimpleNamespace(ask=made.reply))
    one.go("/integrity/stamps")


def _undeclared(one: Somebody, scene: Scene) -> None:
    one.go("/yearly-return")
    one.press("Declare this", 422)
