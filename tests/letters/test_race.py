"""A letter that an officer changes at the moment in which a worker takes it: it goes once, with words that stand."""

from collections.abc import Callable
from typing import Any

import pytest

from app.errors import WrongState
from app.letters.models import Letter
from app.outbox import queue
from app.outbox.models import Mail
from tests.branch import Branch
from tests.letters.correspondence import REPORTER, do, letters, named, sound, tick
from tests.letters.test_acknowledgement import told
from tests.postbox import Postbox


def taken_first(branch: Branch, mail_id: str, change: Callable[..., bool]) -> Callable[..., bool]:
    """A change of the queue before which a worker claims the mail: on PostgreSQL in a transaction of its own.

    On SQLite there is one writer at a time; there the claim is made in the same one.
    """

    def claim(session: Any) -> None:
        mail = session.get_one(Mail, mail_id)
        taken = queue.claim(session, mail.due_at)
        assert taken is not None
        assert taken.id == mail_id

    def changed(session: Any, *given: Any) -> bool:
        if session.get_bind().dialect.name == "sqlite":
            claim(session)
        else:
            with branch.home.db.write() as worker:
                claim(worker)
        return change(session, *given)

    return changed


@pytest.mark.parametrize(
    ("given", "what"), [({"text": "Other words."}, "revise"), ({"email": "", "address": ""}, "withdraw")]
)
def test_words_that_a_worker_took_meanwhile_are_those_that_stand(
    desk: Branch, box: Postbox, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], what: str
) -> None:
    reference = told(desk)
    (one,) = letters(desk, reference)
    with desk.home.db.read() as session:
        mail_id = str(session.get_one(Letter, one["id"]).mail_id)
    with monkeypatch.context() as racing:
        racing.setattr(queue, what, taken_first(desk, mail_id, getattr(queue, what)))
        with pytest.raises(WrongState):
            do(desk, reference, one["id"], "edit", **given)
    after = named(desk, reference, "acknowledgement")
    assert (after["text"], after["html"]) == (one["text"], one["html"])
    assert after["state"] in ("queued", "sending")  # with a database that has many writers, that worker has it yet
    assert "letter_edited" not in desk.events(reference)
    tick(desk, 99)  # that lease has run out: the mail is another worker's
    (mail,) = box.mails
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "Other words." not in plain.get_content()
    assert "Thank you for telling us." in plain.get_content()
    assert mail["To"] == REPORTER["email"]
    assert named(desk, reference, "acknowledgement")["state"] == "sent"
    tick(desk, 199)
    assert len(box.mails) == 1
    assert sound(desk)
