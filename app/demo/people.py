"""Who can be tried out in the demonstration: a role for a name, and one password for all."""

from dataclasses import dataclass

from app.people.policy import Role

PASSWORD = "look around with tea"  # noqa: S105 (printed, and of use in mode demo only)


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who can be tried out: a role for a name, and the one demonstration password."""

    email: str
    name: str
    office: Role


PEOPLE = (
    DemoPerson("secretary@example.org", "Secretary (demonstration)", Role.SECRETARY),
    DemoPerson("deputy@example.org", "Deputy (demonstration)", Role.DEPUTY),
    DemoPerson("stand-in@example.org", "Stand-in (demonstration)", Role.STAND_IN),
    DemoPerson("panel-1@example.org", "Panel member one (demonstration)", Role.PANEL),
    DemoPerson("panel-2@example.org", "Panel member two (demonstration)", Role.PANEL),
    DemoPerson("panel-3@example.org", "Panel member three (demonstration)", Role.PANEL),
    DemoPerson("panel-4@example.org", "Panel member four (demonstration)", Role.PANEL),
    DemoPerson("auditor@example.org", "Auditor (demonstration)", Role.AUDITOR),
    DemoPerson("data-protection@example.org", "Data protection lead (demonstration)", Role.DATA_PROTECTION),
    DemoPerson("administrator@example.org", "Administrator (demonstration)", Role.ADMINISTRATOR),
)
SECRETARY, DEPUTY, PANEL = PEOPLE[0].email, PEOPLE[1].email, tuple(person.email for person in PEOPLE[3:6])
