"""The facts tell the whole story: from them, the entries and the journal, every figure of the bank is told again."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from django.db import connection, transaction

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.types import JournalKind
from creditbank.cli import demo_bank
from creditbank.evidence import queries as evidence
from creditbank.journeys.merge_accounts import merge_accounts
from creditbank.kernel.actor import system
from creditbank.learners import queries as accounts
from creditbank.learners.types import Status
from tests.conftest import NOW
from tests.properties.test_claims import rebuilt

SYSTEM = system("replay")
LEARNERS, SEED = 30, 11
CONTACT_HOURS = 3

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def bank(django_db_setup, django_db_blocker):
    """Build a demo bank, use and hold some entries, and merge two accounts with claims of their own."""
    with django_db_blocker.unblock(), transaction.atomic():
        demo_bank.build(learners=LEARNERS, seed=SEED, now=NOW)
        claim_some()
        merge_two()
        yield learner_ids()
        transaction.set_rollback(True)


def learner_ids() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT learner_id FROM learners_learner ORDER BY learner_id")
        return [learner_id for (learner_id,) in cursor.fetchall()]


def with_entries() -> list[int]:
    return [learner_id for learner_id in learner_ids() if book.entries(learner_id)]


def claim_some() -> None:
    for place, learner_id in enumerate(with_entries()):
        key = book.entries(learner_id)[0].key
        claim = {"actor": SYSTEM, "key": key, "reference": f"case:{place}", "now": NOW}
        archive.hold(scope="award:1", **claim)
        if place % 2:
            archive.use(scope="award:1", **claim)
        if place % 3 == 0:
            archive.use(scope="award:2", **claim)
            archive.reverse(scope="award:2", **claim)


def merge_two() -> None:
    open_ones = [each for each in with_entries() if accounts.by_id(each).status is Status.UNCLAIMED]
    survivor_id, other_id = next(pair for pair in combinations(open_ones, 2) if not spent_twice(*pair))
    merge_accounts(
        actor=SYSTEM,
        organization_id=accounts.by_id(survivor_id).opened_by,
        survivor_id=survivor_id,
        other_id=other_id,
        reason="同一人",
        now=NOW,
    )


def spent_twice(*learners: int) -> bool:
    """Say whether two accounts claim the same achievement in the same scope, which merging refuses."""
    mine, theirs = ({(each.scope, replace(each.key, learner_id=0)) for each in book.claims(one)} for one in learners)
    return bool(mine & theirs)


def told(name: str) -> list[dict[str, object]]:
    return [dict(stored.fact.body) for stored in evidence.facts(name=name)]


def stored(question: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall()


def moved() -> dict[object, object]:
    """Return which account lives on in which, by the facts."""
    return {fact["other"]: fact["survivor"] for fact in told("learners.accounts_merged.v1")}


def test_accounts_are_those_the_facts_opened(bank):
    one_by_one = len(told("learners.account_opened.v1"))
    in_bulk = sum(fact["opened"] for fact in told("learners.accounts_opened.v1"))
    merged, erased = len(moved()), len(told("learners.account_erased.v1"))
    assert (merged, erased) == (1, 0)
    assert one_by_one + in_bulk == len(bank)
    assert accounts.living() == one_by_one + in_bulk - merged


def test_batches_are_those_the_facts_posted_with_their_roots(bank):
    facts = {
        fact["batch"]: (fact["institution"], fact["rows"], fact["root"]) for fact in told("archive.batch_posted.v1")
    }
    rows = stored(
        "SELECT reference, organization_id, rows, encode(root, 'hex') FROM archive_posting WHERE posted_at IS NOT NULL"
    )
    assert facts == {reference: tuple(rest) for reference, *rest in rows}
    assert len(facts) > 1
    for reference, (_, count, root) in facts.items():
        leaves = book.leaves(book.posting(reference).id)
        assert len(leaves) == count
        assert evidence.merkle_root(leaves).hex() == root


def test_every_entry_is_in_a_batch_that_a_fact_posted(bank):
    rows = stored(
        "SELECT p.reference, count(*) FROM archive_entry e JOIN archive_posting p ON p.id = e.posting_id GROUP BY 1"
    )
    assert dict(rows) == {fact["batch"]: fact["rows"] for fact in told("archive.batch_posted.v1")}


def test_totals_by_unit_come_out_of_the_rows_alone(bank):
    """Replay: take the last revision of each key in posted batches, leave merged accounts out, add up by unit."""
    gone, posted = set(moved()), {fact["batch"] for fact in told("archive.batch_posted.v1")}
    rows = stored(
        "SELECT e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision, e.credits,"
        " e.hours, e.unit_id, p.reference"
        " FROM archive_entry e JOIN archive_posting p ON p.id = e.posting_id ORDER BY e.revision"
    )
    last = {row[:5]: row for row in rows if row[0] not in gone and row[-1] in posted}
    replayed: Counter[int] = Counter()
    for *_, worth, hours, unit_id, _ in last.values():
        replayed[unit_id if worth else CONTACT_HOURS] += worth or hours or 0
    asked: Counter[int] = Counter()
    for learner_id in bank:
        for total in book.totals(book.archive_of(actor=SYSTEM, learner_id=learner_id)):
            asked[total.unit_id] += total.hundredths
    assert +replayed == asked
    assert sum(asked.values()) > 0
    assert len(last) == book.figures().entries
    assert len({key[0] for key in last}) == book.figures().learners


def test_merging_conserved_what_both_had(bank):
    [fact] = told("archive.account_moved.v1")
    own = stored(
        "SELECT count(DISTINCT (organization_id, specification_id, obtained, part)) FROM archive_entry"
        f" WHERE learner_id = {fact['other']}"
    )
    assert own == [(fact["entries"] + fact["doubled"],)]
    assert book.posting(fact["batch"]).rows == fact["entries"]


def test_claims_come_out_of_the_journal_alone(bank):
    claims = 0
    for learner_id in bank:
        assert rebuilt(book.journal(learner_id)) == book.claims(learner_id)
        claims += len(book.claims(learner_id))
    assert claims > 0
    assert book.claims(next(iter(moved()))) == []


def test_journal_is_what_the_facts_say_but_for_what_was_moved(bank):
    kinds = {
        "archive.entry_held.v1": JournalKind.HOLD,
        "archive.entry_used.v1": JournalKind.USE,
        "archive.entry_released.v1": JournalKind.RELEASE,
        "archive.use_reversed.v1": JournalKind.REVERSAL,
    }
    facts = {
        (fact["learner"], fact["number"], kind, fact["scope"], fact["specification"])
        for name, kind in kinds.items()
        for fact in told(name)
    }
    rows = {
        (row.learner_id, row.number, row.kind, row.scope, row.key.specification_id)
        for learner_id in bank
        for row in book.journal(learner_id)
    }
    assert facts <= rows
    assert {row[0] for row in rows - facts} == set(moved()) | set(moved().values())


def test_catalogue_holds_what_the_facts_put_there(bank):
    one_by_one = len(told("catalogue.specification_defined.v1"))
    in_bulk = sum(fact["specifications"] for fact in told("catalogue.specifications_defined.v1"))
    proposed = sum(fact["specifications"] for fact in told("catalogue.courses_proposed.v1"))
    assert one_by_one + in_bulk + proposed == stored("SELECT count(*) FROM catalogue_specification")[0][0]


def test_no_fact_names_anybody(bank):
    texts = " ".join(str(dict(each.fact.body)) for each in evidence.facts())
    names = {accounts.by_id(learner_id).name for learner_id in bank}
    assert [name for name in names if name in texts] == []
    numbers = accounts.account_numbers(bank).values()
    assert [number for number in numbers if number in texts] == []
