"""Two people act on one edition at the same moment, on two real connections."""

from datetime import date

import pytest

from creditbank.conversion import errors, operations, queries
from creditbank.conversion.types import EditionStage as Stage
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import AFTER_NOTICE, NOW, people_of, small_bank
from tests.rooms.conversion.room.steps import noticed, reads, submitted
from tests.rooms.organizations.test_organizations_at_once import at_once


@pytest.fixture
def stored_bank(transactional_db):
    return small_bank()


def test_two_readers_at_once_are_both_counted(stored_bank):
    people = people_of(stored_bank)
    edition = submitted(stored_bank, people, documents.book())
    answers = at_once(lambda: reads(people.wang, edition), lambda: reads(people.chen, edition))
    assert {answer.stage for answer in answers} == {Stage.READING, Stage.NOTICE}
    assert len(queries.details(people.li, edition.public_id).readings) == 2


def test_one_reader_at_two_windows_is_counted_once(stored_bank):
    people = people_of(stored_bank)
    edition = submitted(stored_bank, people, documents.book())
    answers = at_once(lambda: reads(people.wang, edition), lambda: reads(people.wang, edition))
    assert sum(isinstance(answer, errors.ReaderMayNot) for answer in answers) == 1


def test_two_editions_are_published_one_after_the_other(stored_bank):
    people = people_of(stored_bank)
    first = noticed(stored_bank, people, documents.book())
    document = queries.next_edition(people.li, first.public_id, edition="2027", day=date(2027, 1, 1))
    second = noticed(stored_bank, people, document)
    answers = at_once(
        *[
            lambda each=each: operations.publish_edition(actor=people.zhao, public_id=each.public_id, now=AFTER_NOTICE)
            for each in (first, second)
        ]
    )
    in_force = [each.edition.edition for each in queries.in_force(date(2027, 1, 1))]
    assert in_force == ["2027"], answers


def test_one_of_two_equal_drafts_is_refused(stored_bank):
    people = people_of(stored_bank)
    answers = at_once(
        *[
            lambda: operations.start_draft(
                actor=people.li, owner_id=stored_bank.school, document=documents.book(), now=NOW
            )
        ]
        * 3
    )
    assert sum(isinstance(answer, errors.BookExists) for answer in answers) == 2
