"""A flood: many at once on one case, and more reports than one address may send."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx2
import pytest
from freezegun import freeze_time
from sqlmodel import select

from app.api.reports import REPORTS_A_MINUTE
from app.db import Database
from app.oversight.checking import check
from app.people import throttling
from app.people.models import Throttle
from tests.branch import REPORT, SECRETARY, Branch
from tests.chaos.server import PATIENCE, server

TIMES = int(os.environ.get("CASETRAIL_TEST_FLOOD", "1"))
NOTES, REPORTS, AT_ONCE = 40 * TIMES, 40 * TIMES, 8
"""The long run sends more reports than one address may."""


@pytest.mark.timeout(120 + 60 * TIMES)
def test_many_at_once(branch: Branch) -> None:
    reference = branch.at("acknowledged")
    version, token = branch.case(reference).version, branch.token(SECRETARY)
    known = len(branch.events(reference))
    with server(branch) as one, httpx2.Client(base_url=f"{one.url}/api/v1", timeout=PATIENCE) as http:
        one.start()

        def note(_: int) -> int:
            said = {"text": "All at once.", "audience": "everyone"}
            mine = {"Authorization": f"Bearer {token}"}
            return http.post(f"/cases/{reference}/notes", json=said, headers=mine).status_code

        def report(_: int) -> int:
            return http.post("/reports", json=REPORT).status_code

        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = Counter(pool.map(note, range(NOTES)))
            anonymous = Counter(pool.map(report, range(REPORTS)))
        one.kill()
    assert told == {201: NOTES}
    assert branch.case(reference).version == version + NOTES
    assert branch.events(reference)[known:] == ["record_added"] * NOTES
    assert {row.case_version for row in branch.rows(reference, "notes")} == set(range(version + 1, version + NOTES + 1))
    assert set(anonymous) <= ({201, 429} if REPORTS > REPORTS_A_MINUTE else {201})
    assert anonymous[201] <= 2 * REPORTS_A_MINUTE  # two windows, if the minute turned meanwhile
    assert branch.events().count("case_opened") == anonymous[201] + 1
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []


def test_the_first_tries_of_a_day_come_together(db: Database) -> None:
    tried = []

    def one_try(start: Barrier) -> None:
        start.wait()
        with db.write() as session:
            throttling.throttle(session, "report", "192.0.2.1", 100, 60)
        tried.append(1)

    for day in range(1, 13):
        with freeze_time(f"2026-03-{day} 12:00"), ThreadPoolExecutor(AT_ONCE) as pool:
            start = Barrier(AT_ONCE)
            for done in [pool.submit(one_try, start) for _ in range(AT_ONCE)]:
                done.result()
        with db.read() as session:
            assert [row.tries for row in session.exec(select(Throttle))] == [AT_ONCE]
    assert len(tried) == 12 * AT_ONCE
