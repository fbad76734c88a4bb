"""Whatever is sent, the API never answers with a server error: a bounded run here, a long one by `make chaos`."""

import contextlib
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from tests.branch import AUDITOR, SECRETARY, Branch
from tests.embedded import branch

__all__ = ["branch"]
EXAMPLES = int(os.environ.get("CASETRAIL_TEST_FUZZ", "3"))
"""Requests for each operation, of each kind (as described, and breaking the description); `.ci/run` takes 8."""


@pytest.mark.timeout(0 if EXAMPLES > 100 else 120)
def test_no_request_breaks_the_server(branch: Branch) -> None:
    procedure = branch.home.workflows.default()
    known = {
        "reference": [branch.at("under_review")],
        "record": list(procedure.records),
        "trigger": [arrow.trigger for arrow in procedure.transitions],
    }
    tokens = [branch.token(SECRETARY), branch.token(AUDITOR)]
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", branch.app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 15
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            knock(operation, mode, tokens, known)


def knock(operation: Any, mode: GenerationMode, tokens: list[str], known: dict[str, list[str]]) -> None:
    """Sends made-up requests for one operation as each person, most about a case, step and record that exist."""

    @given(case=operation.as_strategy(generation_mode=mode), token=st.sampled_from(tokens), data=st.data())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def send(case: Any, token: str, data: st.DataObject) -> None:
        for name in known.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = data.draw(st.sampled_from([*known[name], "2026-K7QFM"]), label=name)
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=[not_a_server_error])

    with contextlib.suppress(Unsatisfiable):  # a call without parameters has no description to break
        send()
