"""The rules about offices, as tables."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from app.errors import Forbidden
from app.people import policy
from app.people.policy import Holding, Role

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


@dataclass(frozen=True)
class Someone:
    offices: frozenset[str] = frozenset()
    case_offices: dict[str, frozenset[str]] = field(default_factory=dict)


ALLOWED = {
    "cases": {"secretary", "deputy", "stand_in", "auditor"},
    "enter_report": {"secretary", "deputy", "stand_in"},
    "panel": {"panel"},
    "trail": {"auditor"},
    "check_record": {"auditor", "administrator"},
    "users": {"administrator"},
    "letters": {"secretary", "deputy", "stand_in"},
    "integrity": {"auditor", "administrator"},
    "witnesses": {"auditor", "administrator"},
    "yearly_return": {"secretary", "deputy", "stand_in", "auditor", "data_protection", "administrator"},
    "declare_year": {"secretary", "deputy", "stand_in", "data_protection", "administrator"},
    "offices": {"secretary", "deputy", "stand_in", "panel", "auditor", "data_protection", "administrator"},
}


def test_the_table_of_access_is_the_one_written_here() -> None:
    found = {
        thing: {role.value for role in Role if policy.may(Someone(frozenset({role})), thing)} for thing in policy.ACCESS
    }
    assert found == ALLOWED


def test_a_guest_for_one_case_reaches_the_same_pages_and_nobody_reaches_none() -> None:
    guest = Someone(case_offices={"a" * 32: frozenset({"panel"})})
    assert policy.may(guest, "panel")
    assert not policy.may(guest, "cases")
    assert not any(policy.may(Someone(), thing) for thing in policy.ACCESS)


@pytest.mark.parametrize("other", [role for role in Role if role is not Role.AUDITOR])
@pytest.mark.parametrize("auditor_first", [True, False])
def test_an_auditor_holds_nothing_else(other: Role, auditor_first: bool) -> None:
    pair = [Holding("ann", Role.AUDITOR, MAY), Holding("ann", other, JUNE)]
    first, second = pair if auditor_first else pair[::-1]
    (error,) = policy.conflicts(second, [first])
    assert "auditor" in error.message.lower()


@pytest.mark.parametrize("role", list(Role))
def test_only_secretary_and_deputy_are_one_at_a_time(role: Role) -> None:
    refused = policy.conflicts(Holding("ben", role, JUNE), [Holding("ann", role, MAY)])
    assert bool(refused) == (role in {Role.SECRETARY, Role.DEPUTY})


@pytest.mark.parametrize("role", list(Role))
def test_nobody_holds_an_office_twice_on_one_day(role: Role) -> None:
    assert policy.conflicts(Holding("ann", role, JUNE), [Holding("ann", role, MAY, JULY)])
    assert not policy.conflicts(Holding("ann", role, JULY), [Holding("ann", role, MAY, JULY)])


@pytest.mark.parametrize("role", list(Role))
def test_only_stand_ins_and_panel_members_are_guests(role: Role) -> None:
    refused = policy.conflicts(Holding("ann", role, MAY, case_id="c" * 32), [])
    assert bool(refused) == (role not in {Role.STAND_IN, Role.PANEL})


def test_a_guest_may_serve_on_two_cases_but_an_auditor_on_none() -> None:
    first = Holding("ann", Role.PANEL, MAY, case_id="c" * 32)
    assert not policy.conflicts(Holding("ann", Role.PANEL, MAY, case_id="d" * 32), [first])
    assert policy.conflicts(Holding("ann", Role.PANEL, MAY, case_id="c" * 32), [first])
    assert policy.conflicts(Holding("ann", Role.AUDITOR, MAY), [first])


@pytest.mark.parametrize("beside", [Role.SECRETARY, Role.PANEL, Role.DATA_PROTECTION])
def test_administrator_and_data_protection_lead_may_be_held_beside_others(beside: Role) -> None:
    assert not policy.conflicts(Holding("ann", Role.ADMINISTRATOR, MAY), [Holding("ann", beside, MAY)])


def test_the_day_an_office_ends_belongs_to_the_next_holder() -> None:
    old = Holding("ann", Role.SECRETARY, MAY, JUNE)
    assert not policy.conflicts(Holding("ben", Role.SECRETARY, JUNE), [old])
    assert policy.conflicts(Holding("ben", Role.SECRETARY, date(2026, 5, 31)), [old])


def test_an_end_that_is_not_after_the_start_is_refused() -> None:
    (error,) = policy.conflicts(Holding("ann", Role.PANEL, JUNE, JUNE), [])
    assert error.field == "ends_on"


def test_x19_nobody_changes_their_own_office_and_the_command_line_is_nobody() -> None:
    with pytest.raises(Forbidden):
        policy.refuse_own_office("ann", "ann")
    policy.refuse_own_office("ben", "ann")
    policy.refuse_own_office(None, "ann")


def test_every_role_has_words_and_the_highest_comes_first() -> None:
    assert set(policy.ROLE_WORDS) >= set(Role)
    assert policy.highest({"administrator", "panel", "deputy"}) == "deputy"
    assert policy.highest([]) == "no_office"
    assert policy.role_words("respondent_friend") == "respondent friend"


def test_whoever_is_turned_away_is_told_from_where_in_words() -> None:
    assert policy.PLACES.keys() == policy.ACCESS.keys()
