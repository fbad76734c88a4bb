"""One case walked over HTTP, every call with the caller's own token."""

import re
from typing import Any

from tests.api.answers import good
from tests.branch import AUDITOR, SECRETARY, Branch, in_days

URL = "/api/v1"


class Walk:
    """One case walked by API: every call with the caller's own token."""

    def __init__(self, branch: Branch, report: dict[str, Any]) -> None:
        self.branch = branch
        self.tokens: dict[str, str] = {}
        self.client = branch.client()
        sent = good(self.client.post(f"{URL}/reports", json=report), 201)
        self.reference, self.code = sent["reference"], sent["access_code"]

    def call(self, by: str, method: str, path: str, body: Any = None) -> Any:
        token = self.tokens.setdefault(by, self.branch.token(by))
        headers = {"Authorization": f"Bearer {token}"}
        return self.client.request(method, f"{URL}/cases/{self.reference}{path}", json=body, headers=headers)

    def see(self, by: str) -> dict[str, Any]:
        seen: dict[str, Any] = good(self.call(by, "GET", ""))
        return seen

    def keep(self, by: str, record: str, **values: Any) -> str:
        return str(good(self.call(by, "POST", f"/{record}", values), 201)["id"])

    def try_step(self, by: str, trigger: str, **inputs: Any) -> Any:
        version = self.see(by)["version"]
        return self.call(by, "POST", f"/actions/{trigger}", {"version": version, "inputs": inputs})

    def step(self, by: str, trigger: str, **inputs: Any) -> dict[str, Any]:
        moved: dict[str, Any] = good(self.try_step(by, trigger, **inputs))
        return moved

    def mine(self) -> str:
        headers = {"Authorization": f"Bearer {self.code}"}
        return str(good(self.client.get(f"{URL}/reports/mine", headers=headers))["step"])

    def moves(self) -> list[str]:
        items = good(self.call(AUDITOR, "GET", "/trail"))["items"]
        return [item["to"] for item in items if item["event"] in ("case_opened", "step_taken")]

    def begin(self, *clauses: str) -> tuple[str, list[str]]:
        self.keep(SECRETARY, "conflict-declarations", answer="none")
        self.keep(SECRETARY, "acknowledgements", how="post", sent_on=in_days(0))
        self.keep(SECRETARY, "risks", threat="no", child="no", vulnerable="no")
        assert self.step(SECRETARY, "acknowledge")["state"] == "acknowledged"
        known = {"name": "Ward organiser (example)", "identified": "named", "member_then": "yes"}
        member = self.keep(SECRETARY, "parties", role="respondent", **known)
        more = {"explanation": "A dispute about policy, put rudely."}
        alleged = [
            self.keep(SECRETARY, "allegations", clause=one, respondent=member, conduct="In public.", **more)
            for one in clauses
        ]
        self.keep(SECRETARY, "scope-notes", in_scope="yes", note="A member.", national_route="not_needed")
        assert self.step(SECRETARY, "begin_review")["state"] == "under_review"
        return member, alleged

    def hand_over(self, by: str, name: str = "notice", how: str = "post") -> None:
        """What is missing in the newest letter of a name is typed in, and that it left today is noted."""
        found = good(self.call(by, "GET", "/letters"))["items"]
        path = next(f"/letters/{one['id']}" for one in reversed(found) if one["letter"] == name)
        text = re.sub(r"\{[a-z_]+\}", "As told.", good(self.call(by, "GET", path))["text"])
        good(self.call(by, "POST", f"{path}/edit", {"text": text}))
        good(self.call(by, "POST", f"{path}/posted", {"how": how, "sent_on": in_days(0)}))

    def notify(self, member: str, alleged: list[str]) -> str:
        dates = {"sent_on": in_days(0), "reply_by": in_days(14), "how": "email"}
        return self.keep(SECRETARY, "notices", respondent=member, allegations=alleged, **dates)
