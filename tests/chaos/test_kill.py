"""Kill -9 in the middle of work: nothing that was acknowledged is lost, nothing is there twice or by half."""

import os
import random
import time
from collections import Counter
from threading import Event

import pytest
from sqlmodel import col, select

from app.audit.log_state import state_of
from app.audit.models import AuditEntry
from app.cases.models import Case, CaseRecord
from app.oversight.checking import check
from tests.branch import SECRETARY, Branch
from tests.chaos.load import RECORDS, Client
from tests.chaos.server import PATIENCE, server
from tests.databases import EVERYWHERE

KILLS = int(os.environ.get("CASETRAIL_TEST_KILLS", "10" if EVERYWHERE else "5"))
"""On each kind of database."""
CLIENTS = 8
ANSWERS = 3 * CLIENTS
"""The most that a life answers before it is killed: counted, as a slow machine answers nothing in a short while."""


def everything_agrees(branch: Branch, clients: list[Client]) -> None:
    """What the clients were told, the cases, their records and their entries are one and the same story."""
    with branch.home.db.read() as session:
        assert check(branch.home, session) == []
        cases = {case.reference: case for case in session.exec(select(Case))}
        rows = session.exec(select(CaseRecord.id, CaseRecord.case_id, CaseRecord.kind)).all()
        chosen = select(AuditEntry.case_id, AuditEntry.event).where(col(AuditEntry.case_id).is_not(None))
        events = Counter(session.exec(chosen).all())
    assert sorted(cases) == sorted(reference for client in clients for reference in client.cases)
    assert {row for row, _, kind in rows if kind not in ("report", "step")} == {
        row for client in clients for row in client.records
    }
    done = {reference for client in clients for reference in client.steps}
    kinds = Counter((case_id, kind) for _, case_id, kind in rows)
    for reference, case in cases.items():
        assert case.state == ("acknowledged" if reference in done else "received")
        assert kinds[case.id, "step"] == events[case.id, "step_taken"] == (reference in done)
        assert kinds[case.id, "report"] == events[case.id, "case_opened"] == 1
        kept = sum(kinds[case.id, kind] for kind, _ in RECORDS)
        assert events[case.id, "record_added"] == kept
        assert case.version == 1 + kept + (reference in done)
        assert events[case.id, "step_refused"] == 0


def at_work(clients: list[Client], wanted: int) -> None:
    """Until so many more requests were answered."""
    before, until = sum(client.answers for client in clients), time.monotonic() + PATIENCE
    while sum(client.answers for client in clients) < before + wanted:
        assert time.monotonic() < until, "the server answers nothing"
        assert not any(client.wrong for client in clients), [client.wrong for client in clients]
        time.sleep(0.002)


@pytest.mark.timeout(120 + KILLS * 60)
def test_killed_in_the_middle_of_work(branch: Branch) -> None:
    chance, stop = random.Random(5), Event()
    with server(branch) as one:
        one.start()
        clients = [Client(one.url, branch.token(SECRETARY), f"client-{n}", stop) for n in range(CLIENTS)]
        threads = [client.start() for client in clients]
        for _ in range(KILLS):
            at_work(clients, chance.randint(1, ANSWERS))
            time.sleep(chance.uniform(0, 0.06))  # anywhere in the next piece of work
            one.kill()
            one.start()
        stop.set()
        for thread in threads:
            thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in threads)
        one.kill()
    assert [wrong for client in clients for wrong in client.wrong] == []
    assert sum(client.repeats for client in clients) >= KILLS, "the kills met no work"
    branch.home.log.catch_up()
    everything_agrees(branch, clients)
    with branch.home.db.read() as session:
        log = state_of(session)
    assert (log.pending, log.refused) == (0, None)
    assert log.signed > 0
