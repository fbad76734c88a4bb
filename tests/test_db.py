"""The two kinds of transaction, and inserting what must be there once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlmodel import select

from app.db import Database, insert_once
from app.people.models import ThrottleSalt


def test_one_of_many_inserts(db: Database) -> None:
    for turn in range(10):
        start = Barrier(4)

        def one(_: int, day: str = f"day {turn}", start: Barrier = start) -> bool:
            start.wait()
            with db.write() as session:
                return insert_once(session, ThrottleSalt, {"day": day, "salt": b"x"})

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(one, range(4))) == [False, False, False, True]


def test_a_read_sees_one_moment(db: Database) -> None:
    with db.read() as reading:
        assert reading.exec(select(ThrottleSalt)).all() == []
        with db.write() as session:
            insert_once(session, ThrottleSalt, {"day": "today", "salt": b"x"})
        assert reading.exec(select(ThrottleSalt)).all() == []
    with db.read() as reading:
        assert len(reading.exec(select(ThrottleSalt)).all()) == 1
