"""A file, its copies, its record and its entry are stored together or not at all, whichever statement fails."""

from app.cases import door
from app.evidence.arrival import Arrival
from app.evidence.looking import look_at
from app.oversight.checking import check
from tests.branch import SECRETARY, Branch
from tests.cases import test_all_or_nothing as rows
from tests.evidence import files
from tests.evidence.sending import stored


def attempt(branch: Branch, reference: str) -> None:
    arrival = Arrival(branch.home.settings, "a.jpg")
    arrival.write(files.jpeg())
    arrived = arrival.finish()
    look_at(branch.home.settings, arrived)
    answers = {"file": arrived, "method": "handler_screenshot"}
    try:
        door.add_record(branch.home, branch.viewer(SECRETARY), reference, "evidence", answers, None, "api", "a-key")
    finally:
        arrived.discard()


def test_a_cut_before_any_statement_leaves_neither_rows_nor_files(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    before, number = rows.stored(branch), 0
    while True:
        try:
            with rows.cut_at(branch, number):
                attempt(branch, reference)
            break
        except rows.PowerCut:
            assert rows.stored(branch) == before, number
            assert stored(branch) == [], number
            number += 1
    seen = len(stored(branch))
    assert number > 20
    assert seen == 3
    attempt(branch, reference)  # the same bytes under the same key: the same answer, and nothing more
    assert len(stored(branch)) == seen
    assert len(branch.rows(reference, "evidence")) == 1
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []
