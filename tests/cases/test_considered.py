"""What the member wrote is read before anything is decided: an assessment older than it does not count."""

from tests.cases.papers import Papers


def test_a_review_note_older_than_the_reply_has_not_considered_it() -> None:
    papers = Papers()
    notice = papers.notice(papers.alleged())
    assert papers.unmet("reply_is_considered") is None  # without a note another condition asks for one
    papers.add("review-notes", recommends="refer")
    assert papers.unmet("reply_is_considered") is None
    reply = papers.reply(notice)
    said = "The member has written or sent something since your review note: read it, and write the note again"
    assert papers.unmet("reply_is_considered") == said
    note = papers.add("review-notes", recommends="refer")
    assert papers.unmet("reply_is_considered") is None
    papers.reply(notice, replaces=reply)
    assert papers.unmet("reply_is_considered") == said
    papers.add("review-notes", recommends="refer", replaces=note)
    assert papers.unmet("reply_is_considered") is None


def test_a_file_of_the_member_is_considered_too_but_not_an_officers_words_on_it() -> None:
    papers = Papers()
    papers.alleged()
    papers.add("review-notes", recommends="refer")
    own = papers.add("evidence", method="from_respondent", file="f1", as_role="respondent", by="")
    assert papers.unmet("reply_is_considered")
    papers.add("review-notes", recommends="refer")
    papers.add("evidence", method="from_respondent", file="f1", platform="Ward page", replaces=own)
    papers.add("evidence", method="link_only", link="https://social.example/1")
    assert papers.unmet("reply_is_considered") is None
