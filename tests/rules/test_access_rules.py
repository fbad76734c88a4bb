"""Every route says who may open it, in exactly one access rule; this table is what was agreed."""

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from app.api.openapi import own_routes, rules_of
from app.people.policy import ACCESS
from tests.branch import Branch

API = {
    ("POST", "/api/v1/reports"): "public",
    ("POST", "/api/v1/reports/mail"): "enter_report",
    ("GET", "/api/v1/reports/mine"): "public",
    ("GET", "/api/v1/reports/mine/receipt"): "public",
    ("GET", "/api/v1/reports/mine/messages"): "public",
    ("POST", "/api/v1/reports/mine/messages"): "public",
    ("POST", "/api/v1/reports/mine/withdrawal-requests"): "public",
    ("POST", "/api/v1/reports/mine/report-confirmations"): "public",
    ("POST", "/api/v1/reports/mine/evidence"): "public",
    ("POST", "/api/v1/replies/mine/evidence"): "public",
    ("GET", "/api/v1/replies/mine"): "public",
    ("GET", "/api/v1/replies/mine/evidence/{item}/picture"): "public",
    ("POST", "/api/v1/replies/mine"): "public",
    ("POST", "/api/v1/replies/mine/time-requests"): "public",
    ("POST", "/api/v1/replies/mine/member-needs"): "public",
    ("GET", "/api/v1/me"): "signed_in",
    ("GET", "/api/v1/offices"): "offices",
    ("POST", "/api/v1/offices"): "users",
    ("GET", "/api/v1/cases"): "signed_in",
    ("GET", "/api/v1/cases/{reference}"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/actions"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/actions/{trigger}"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/trail"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/deadlines"): "signed_in",
    ("GET", "/api/v1/closure-days"): "offices",
    ("POST", "/api/v1/closure-days"): "users",
    ("GET", "/api/v1/due-updates"): "enter_report",
    ("POST", "/api/v1/due-updates"): "enter_report",
    ("GET", "/api/v1/set-aside-messages"): "cases",
    ("POST", "/api/v1/set-aside-messages"): "enter_report",
    ("GET", "/api/v1/letters"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/letters"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/letters"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/letters/{letter}"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/letters/{letter}/pdf"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/letters/{letter}/eml"): "signed_in",
    **{
        ("POST", f"/api/v1/cases/{{reference}}/letters/{{letter}}/{act}"): "signed_in"
        for act in ("edit", "fill", "stop", "send", "posted")
    },
    ("GET", "/api/v1/cases/{reference}/files"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/files/{file}"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/remarks"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/remarks"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/remarks/{remark}/answers"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/openings"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/openings"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/openings/{opening}/file"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/unmask"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/path"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/mails/read"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/mails"): "signed_in",
    ("GET", "/api/v1/cases/{reference}/{record}"): "signed_in",
    ("POST", "/api/v1/cases/{reference}/{record}"): "signed_in",
    ("GET", "/api/v1/trail"): "trail",
    ("GET", "/api/v1/trail/exceptions"): "trail",
    ("GET", "/api/v1/trail/exceptions/{name}"): "trail",
    ("GET", "/api/v1/trail/alike"): "trail",
    ("GET", "/api/v1/trail/samples"): "trail",
    ("POST", "/api/v1/trail/samples"): "trail",
    ("GET", "/api/v1/trail/samples/{drawing}"): "trail",
    ("GET", "/api/v1/trail/export"): "trail",
    ("GET", "/api/v1/integrity"): "integrity",
    ("POST", "/api/v1/integrity/checks"): "check_record",
    ("POST", "/api/v1/integrity/comparisons"): "trail",
    ("GET", "/api/v1/integrity/reconciliation"): "trail",
    ("GET", "/api/v1/integrity/statement"): "trail",
    ("GET", "/api/v1/integrity/statement.pdf"): "trail",
    **{(method, "/api/v1/integrity/witnesses"): "witnesses" for method in ("GET", "POST", "DELETE")},
    ("GET", "/api/v1/integrity/stamps"): "integrity",
    ("GET", "/api/v1/integrity/stamps/{day}/token"): "integrity",
    ("GET", "/api/v1/integrity/stamps/{day}/checkpoint"): "integrity",
    ("GET", "/api/v1/yearly-returns/{year}"): "yearly_return",
    ("POST", "/api/v1/yearly-returns"): "declare_year",
    ("GET", "/api/v1/workflows"): "public",
    ("GET", "/api/v1/workflows/{name}/{version}"): "public",
    ("GET", "/api/v1/guidance/{version}"): "public",
    ("GET", "/api/v1/openapi.json"): "public",
}
HEALTH = {("GET", "/healthz"): "public", ("GET", "/readyz"): "public"}
LOG = {
    ("GET", "/log/checkpoint"): "public",
    ("GET", "/log/key"): "public",
    ("GET", "/log/key-change/{key_id}"): "public",
    ("GET", "/log/old/{number}/checkpoint"): "public",
    ("GET", "/log/old/{number}/tile/entries/{place:path}"): "trail",
    ("GET", "/log/old/{number}/tile/{place:path}"): "public",
    ("GET", "/log/tile/{place:path}"): "public",
    ("GET", "/log/proof/{entry_id}"): "public",
    ("GET", "/log/tile/entries/{place:path}"): "trail",
}
OF_THE_RECORD = {
    ("GET", "/integrity"): ("GET", "/integrity"),
    ("POST", "/integrity/check"): ("POST", "/integrity/checks"),
    ("POST", "/integrity/compare"): ("POST", "/integrity/comparisons"),
    ("GET", "/integrity/reconciliation"): ("GET", "/integrity/reconciliation"),
    ("GET", "/integrity/statement"): ("GET", "/integrity/statement"),
    ("GET", "/integrity/statement.pdf"): ("GET", "/integrity/statement.pdf"),
    ("GET", "/integrity/witnesses"): ("GET", "/integrity/witnesses"),
    ("POST", "/integrity/witnesses"): ("POST", "/integrity/witnesses"),
    ("POST", "/integrity/witnesses/remove"): ("DELETE", "/integrity/witnesses"),
    ("GET", "/integrity/stamps"): ("GET", "/integrity/stamps"),
    ("GET", "/integrity/stamps/{day}/token"): ("GET", "/integrity/stamps/{day}/token"),
    ("GET", "/integrity/stamps/{day}/checkpoint"): ("GET", "/integrity/stamps/{day}/checkpoint"),
    ("GET", "/yearly-return"): ("GET", "/yearly-returns/{year}"),
    ("POST", "/yearly-return"): ("POST", "/yearly-returns"),
}
"""Each page about the record as a whole, with the call for programs."""
FILES = ["/static"]
"""Mounts: what a browser needs, nothing of a case."""


def declared(app: FastAPI) -> dict[tuple[str, str], list[str]]:
    return {
        (method, route.path): rules_of(route)
        for route in own_routes(app)
        for method in route.methods or ()
        if method != "HEAD"
    }


def test_every_route_declares_exactly_one_known_rule(branch: Branch) -> None:
    wrong = {
        place: rules
        for place, rules in declared(branch.app).items()
        if len(rules) != 1 or rules[0] not in {"public", "signed_in", *ACCESS}
    }
    assert wrong == {}


def test_nothing_is_served_past_the_rules_but_static_files(branch: Branch) -> None:
    bare = [route for route in iter_route_contexts(branch.app.routes) if not hasattr(route, "dependant")]
    assert [getattr(route, "path", None) for route in bare] == FILES
    assert [route.path for route in branch.app.routes if isinstance(route, Mount)] == FILES


def test_the_rules_of_the_api_are_those_agreed(branch: Branch) -> None:
    found = {place: rules[0] for place, rules in declared(branch.app).items() if place[1].startswith("/api/")}
    assert found == API


def test_each_page_of_the_record_has_a_call_that_opens_to_the_same_offices(branch: Branch) -> None:
    rules = declared(branch.app)
    pages = {place for place in rules if place[1].startswith(("/integrity", "/yearly-return"))}
    assert pages == OF_THE_RECORD.keys()
    assert {page: rules[page] for page in pages} == {
        page: rules[method, f"/api/v1{path}"] for page, (method, path) in OF_THE_RECORD.items()
    }


def test_the_health_routes_are_open(branch: Branch) -> None:
    found = {place: rules[0] for place, rules in declared(branch.app).items() if place in HEALTH}
    assert found == HEALTH


def test_the_log_is_open_and_the_entries_are_for_auditors(branch: Branch) -> None:
    found = {place: rules[0] for place, rules in declared(branch.app).items() if place[1].startswith("/log/")}
    assert found == LOG
