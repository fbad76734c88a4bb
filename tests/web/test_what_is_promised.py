"""What people who report are promised to hear in the end, by kind of report and by what they said of themselves."""

from typing import Any

import pytest

from tests.branch import Branch
from tests.shared_branch import embedded_branch
from tests.web.conftest import shown

__all__ = ["embedded_branch"]
TARGET: dict[str, Any] = {"kind": "target", "clauses": None, "how_seen": None}
SELF: dict[str, Any] = {**TARGET, "kind": "self", "put_right": {"what": "I took it down."}, "respondent": None}
ADDRESSED = {"reporter": {"name": "Ward member (example)", "email": "member@example.net"}}
NAME_ONLY = {"reporter": {"name": "Ward member (example)"}}


@pytest.mark.parametrize(
    ("told", "promised", "never"),
    [
        (ADDRESSED, "Word that it is finished comes by letter or email", "What was decided"),
        (NAME_ONLY, "Word that it is finished stands on this page", "What was decided"),
        ({}, "What came of it is told only to people who were themselves affected", "What was decided"),
        ({**TARGET, **ADDRESSED}, "What was decided and why, as far as you may be told, comes by letter", "Word that"),
        ({**TARGET, **NAME_ONLY}, "What was decided and why, as far as you may be told, stands on this", "by letter"),
        (TARGET, "Word that it is finished stands on this page", "What was decided"),
        (
            {**TARGET, "reporter": {"is_member": "yes"}},
            "A report without a name is told no more, as we cannot know who reads it",
            "What was decided",
        ),
        ({**SELF, **ADDRESSED}, "What was decided and why comes by letter or email", "as far as"),
    ],
)
def test_the_page_promises_what_this_reporter_is_told_in_the_end(
    embedded_branch: Branch, told: dict[str, Any], promised: str, never: str
) -> None:
    reference = embedded_branch.report(**told)
    client, code = embedded_branch.client(), embedded_branch.codes[reference]
    client.post("/my-report", data={"reference": reference, "code": code})
    said = shown(client.get("/my-report").text)
    assert promised in said
    assert never not in said
    answer = client.get("/api/v1/reports/mine", headers={"Authorization": f"Bearer {code}"}).json()
    assert answer["ending"] in promised or answer["ending_note"] in promised


def test_the_first_page_promises_reasons_only_to_whom_it_happened_or_who_came_about_their_own(
    embedded_branch: Branch,
) -> None:
    said = shown(embedded_branch.client().get("/").text)
    assert "You are told how it ended, with reasons." not in said
    assert "You are told when it is finished." in said
    assert "Without a name, somebody affected is told only that it is finished." in said
