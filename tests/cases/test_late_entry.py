"""Notice, reminder and evidence with days long ago, entered in one sitting: taken, but they refer nobody that day."""

import pytest
from freezegun import freeze_time

from app.errors import Refused
from tests.branch import REFERRAL, SECRETARY, Branch
from tests.cases.test_refusals import refused
from tests.shared_branch import embedded_branch

__all__ = ["embedded_branch"]


def test_what_is_entered_late_is_taken_but_brings_nothing_to_the_panel_the_same_day(embedded_branch: Branch) -> None:
    branch = embedded_branch
    with freeze_time("2026-03-02 12:00") as frozen:
        reference = branch.at("under_review")
        alleged = [row.id for row in branch.rows(reference, "allegations")]
        member = branch.rows(reference, "parties")[0].id
        link = {"method": "link_only", "link": "https://social.example/1", "supports": alleged}
        item = branch.keep(SECRETARY, reference, "evidence", **link)
        branch.keep(SECRETARY, reference, "evidence-services", item=item, served_on="2026-01-05")
        told = {"sent_on": "2026-01-05", "how": "post", "reply_by": "2026-01-21"}
        notice = branch.keep(SECRETARY, reference, "notices", respondent=member, allegations=alleged, **told)
        branch.keep(SECRETARY, reference, "reminders", notice=notice, sent_on="2026-01-22", how="post")
        with pytest.raises(Refused):
            branch.referred(reference)
        late = ["evidence_was_served", "reply_or_time_passed"]
        assert sorted(refused(branch, reference, "refer", **REFERRAL)) == late
        frozen.move_to("2026-03-16 12:00")
        assert refused(branch, reference, "refer", **REFERRAL) == ["reply_or_time_passed"]
        frozen.move_to("2026-03-17 00:30")
        branch.act(SECRETARY, reference, "refer", **REFERRAL)
    assert branch.case(reference).state == "referred"
