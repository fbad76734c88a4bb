"""Clients that send reports, records and steps, and repeat what got no answer under the same key until it has one."""

import time
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

import httpx2

from tests.branch import REPORT, in_days
from tests.chaos.server import PATIENCE

RECORDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("conflict-declarations", {"answer": "none"}),
    ("acknowledgements", {"how": "email", "sent_on": in_days(0)}),
    ("risks", {"threat": "no", "child": "no", "vulnerable": "no"}),
    ("notes", {"text": "Someone rang.", "audience": "everyone"}),
)


@dataclass
class Client:
    """One thread of work; what was acknowledged stands in `cases`, `records` and `steps`."""

    url: str
    token: str
    name: str
    stop: Event
    cases: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    answers: int = 0
    repeats: int = 0
    wrong: list[str] = field(default_factory=list)

    def start(self) -> Thread:
        """Begins to work in a thread."""
        thread = Thread(target=self.work, daemon=True)
        thread.start()
        return thread

    def work(self) -> None:
        """Cases from the report to `acknowledged`, one after another; the last one is finished when told to stop."""
        with httpx2.Client(base_url=self.url, timeout=PATIENCE) as http:
            http.headers["Authorization"] = f"Bearer {self.token}"
            try:
                while not self.stop.is_set():
                    self.one_case(http)
            except AssertionError as wrong:
                self.wrong.append(str(wrong))

    def one_case(self, http: httpx2.Client) -> None:
        sent = self.send(http, "reports", REPORT, 201)
        reference = sent["reference"]
        self.cases.append(reference)
        version = 1
        for kind, values in RECORDS:
            kept = self.send(http, f"cases/{reference}/{kind}", values | {"version": version}, 201)
            self.records.append(kept["id"])
            version += 1
        case = self.send(http, f"cases/{reference}/actions/acknowledge", {"version": version, "inputs": {}}, 200)
        assert (case["state"], case["version"]) == ("acknowledged", version + 1), case
        self.steps.append(reference)

    def send(self, http: httpx2.Client, path: str, body: dict[str, Any], expected: int) -> dict[str, Any]:
        """Sends until there is an answer, always under the same key."""
        headers = {"Idempotency-Key": f"{self.name}-{len(self.cases)}-{path}"}
        until, answer = time.monotonic() + PATIENCE, None
        while answer is None:
            try:
                answer = http.post(f"/api/v1/{path}", json=body, headers=headers)
            except httpx2.TransportError:
                self.repeats += 1
                assert time.monotonic() < until, f"no answer to {path}"
                time.sleep(0.02)
        assert answer.status_code == expected, f"{path}: {answer.status_code} {answer.text}"
        self.answers += 1
        found: dict[str, Any] = answer.json()
        return found
