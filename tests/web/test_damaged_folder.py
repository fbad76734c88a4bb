"""What is damaged in the key folder or the log's tables is said where people look, and no page breaks for it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from app import clock
from tests.branch import AUDITOR, Branch
from tests.oversight.signed_log import attack
from tests.web.conftest import Enter, shown


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def round_and_round(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


def nonsense(file: Path) -> None:
    file.write_text("x\n")


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("checkpoint", a_folder, "(the checkpoint kept in the key folder)"),
        ("checkpoint", round_and_round, "(the checkpoint kept in the key folder)"),
        ("public-keys", a_folder, "public-keys cannot be read"),
        ("public-keys", nonsense, "public-keys is damaged"),
    ],
)
def test_the_check_names_it_and_reads_on(
    branch: Branch, enter: Enter, name: str, damage: Callable[[Path], None], words: str
) -> None:
    reference, client = branch.at("acknowledged"), enter(AUDITOR)
    branch.home.log.restart()
    damage(branch.home.log.folder.path / name)
    entry = branch.entries(reference)[0].id
    attack(branch, "UPDATE audit_entry SET actor_role = 'nobody' WHERE id = ?", entry)
    for path in ("/integrity", "/integrity/statement", "/log/key", "/receipt", f"/log/proof/{entry}"):
        assert client.get(path).status_code in (200, 202), path
    said = shown(client.post("/integrity/check").text)
    assert words in said
    assert "the plain copy actor_role differs" in said


def test_a_receipt_under_a_tree_with_a_gap_waits(branch: Branch) -> None:
    entry = branch.entries(branch.at("acknowledged"))[0].id
    with freeze_time(clock.now() + timedelta(minutes=1)):
        branch.home.log.restart()
    assert branch.client().get(f"/log/proof/{entry}").status_code == 200
    attack(branch, "DELETE FROM log_hash WHERE level = 0 AND idx = 2")
    assert branch.client().get(f"/log/proof/{entry}").status_code == 202


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        ("DELETE FROM log_hash WHERE level = 0 AND idx = 2", "/log/tile/0/000.p/4"),
        ("UPDATE log_entry SET log_index = 999 WHERE log_index = 2", "/log/tile/entries/000.p/4"),
    ],
)
def test_a_tile_with_a_gap_is_not_served_as_one_that_caches_keep(
    branch: Branch, enter: Enter, statement: str, path: str
) -> None:
    branch.at("acknowledged")
    with freeze_time(clock.now() + timedelta(minutes=1)):
        branch.home.log.restart()
    client = enter(AUDITOR)
    assert client.get(path).status_code == 200
    attack(branch, statement)
    assert client.get(path).status_code == 404
