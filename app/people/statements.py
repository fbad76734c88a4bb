"""What every request asks of the people, made once: making a statement takes longer than asking it."""

from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from app.people.models import ApiToken, Office, Person, SignInSession

BY_LOOKUP = select(Person).where(col(Person.email_lookup) == bindparam("lookup"))
BY_SESSION = select(SignInSession).where(col(SignInSession.token_hash) == bindparam("digest"))
BY_TOKEN = select(ApiToken).where(col(ApiToken.token_hash) == bindparam("digest"))
OFFICES_OF = select(Office).where(col(Office.person_id) == bindparam("person"))
IN_OFFICE = select(Office, Person).where(col(Office.person_id) == col(Person.id))
NAMED = select(Person).where(col(Person.id).in_(bindparam("ids", expanding=True)))
HOLDING = (
    select(Office.person_id)
    .join(Person, col(Person.id) == col(Office.person_id))
    .where(
        col(Office.role) == bindparam("role"),
        or_(col(Office.case_id).is_(None), col(Office.case_id) == bindparam("case_id")),
        or_(col(Office.ends_on).is_(None), col(Office.ends_on) > bindparam("day")),
        col(Office.starts_on) <= bindparam("day"),
        col(Person.disabled_at).is_(None),
    )
)
