"""Holding, using, releasing, reversing: nothing is spent twice, and what was given back can be used again."""

import pytest

from creditbank.archive import operations, queries
from creditbank.archive.errors import EntryAlreadyClaimed, EntryNotClaimed, EntryNotFound
from creditbank.archive.types import Claim, JournalKind
from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach
from creditbank.kernel.permissions import Permission
from tests.rooms.archive.conftest import NOW, SYSTEM, frame, posted

SCOPE = "award:nursing"


@pytest.fixture
def filled(bank):
    """The bank with three courses of the first learner and one of the second in the book."""
    posted(bank, [bank.row(0, 0), bank.row(0, 1), bank.row(0, 2), bank.row(1, 0)])
    return bank


def does(act, key, scope=SCOPE, actor=SYSTEM, reference="case:7"):
    getattr(operations, act)(actor=actor, key=key, scope=scope, reference=reference, now=NOW)


def claimed(learner_id):
    return [(claim.scope, claim.kind) for claim in queries.claims(learner_id)]


@pytest.mark.parametrize(
    ("acts", "kind"),
    [
        (["hold"], JournalKind.HOLD),
        (["use"], JournalKind.USE),
        (["hold", "use"], JournalKind.USE),
        (["hold", "release"], None),
        (["use", "reverse"], None),
        (["hold", "release", "use"], JournalKind.USE),
        (["use", "reverse", "use"], JournalKind.USE),
        (["hold", "use", "reverse", "hold"], JournalKind.HOLD),
    ],
    ids=str,
)
def test_claim_stands_as_the_last_act_left_it(filled, acts, kind):
    key = filled.key()
    for act in acts:
        does(act, key)
    assert queries.claims(key.learner_id) == ([] if kind is None else [Claim(key, SCOPE, kind)])


NAMES = {
    "hold": JournalKind.HOLD,
    "use": JournalKind.USE,
    "release": JournalKind.RELEASE,
    "reverse": JournalKind.REVERSAL,
}


def test_journal_keeps_every_act_in_order(filled):
    key = filled.key()
    acts = ["hold", "release", "hold", "use", "reverse"]
    for act in acts:
        does(act, key)
    rows = queries.journal(key.learner_id)
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.kind for row in rows] == [NAMES[act] for act in acts]
    assert {(row.key, row.scope, row.reference, row.at) for row in rows} == {(key, SCOPE, "case:7", NOW)}
    assert queries.journal(filled.learners[1]) == []


@pytest.mark.parametrize(
    ("acts", "fact"),
    [
        (["hold"], "archive.entry_held.v1"),
        (["use"], "archive.entry_used.v1"),
        (["hold", "release"], "archive.entry_released.v1"),
        (["use", "reverse"], "archive.use_reversed.v1"),
    ],
)
def test_every_act_is_a_fact(filled, acts, fact):
    key = filled.key()
    for act in acts:
        does(act, key)
    [stored] = evidence.facts(name=fact)
    assert dict(stored.fact.body) == {
        "actor": "system:command-line",
        "institution": filled.school,
        "learner": key.learner_id,
        "number": len(acts),
        "obtained": 20260600,
        "part": 0,
        "scope": SCOPE,
        "specification": filled.courses[0],
    }


@pytest.mark.parametrize(("before", "act"), [("hold", "hold"), ("use", "hold"), ("use", "use")], ids=lambda word: word)
def test_nothing_is_spent_twice_in_a_scope(filled, before, act):
    key = filled.key()
    does(before, key)
    with pytest.raises(EntryAlreadyClaimed):
        does(act, key, reference="case:8")
    assert claimed(key.learner_id) == [(SCOPE, JournalKind(before))]
    assert len(queries.journal(key.learner_id)) == 1


def test_another_scope_is_another_claim(filled):
    key = filled.key()
    does("use", key)
    does("hold", key, scope="award:care")
    assert claimed(key.learner_id) == [("award:care", JournalKind.HOLD), (SCOPE, JournalKind.USE)]


@pytest.mark.parametrize(
    ("before", "act"), [(None, "release"), (None, "reverse"), ("use", "release"), ("hold", "reverse")]
)
def test_only_what_is_claimed_is_given_back(filled, before, act):
    key = filled.key()
    if before:
        does(before, key)
    with pytest.raises(EntryNotClaimed):
        does(act, key)
    assert len(queries.journal(key.learner_id)) == (1 if before else 0)


def test_given_back_in_one_scope_stays_in_the_other(filled):
    key = filled.key()
    does("use", key)
    does("use", key, scope="award:care")
    does("reverse", key)
    assert claimed(key.learner_id) == [("award:care", JournalKind.USE)]


@pytest.mark.parametrize("act", ["hold", "use", "release", "reverse"])
def test_entry_that_is_not_in_force_is_not_found(filled, act):
    unposted = operations.begin_posting(actor=SYSTEM, organization_id=filled.school, reference="2026-0002", now=NOW)
    operations.post_many(actor=SYSTEM, posting=unposted, frames=[frame([filled.row(2)])])
    for key in (filled.key(2), filled.key(0, obtained=20250600), filled.key(0, part=1)):
        with pytest.raises(EntryNotFound):
            does(act, key)


@pytest.mark.parametrize("act", ["hold", "use", "release", "reverse"])
def test_only_who_sees_the_entry_acts_on_it(filled, act):
    key = filled.key()
    does("use" if act == "reverse" else "hold", key, scope=SCOPE)
    there = Reach(organizations=frozenset({filled.other_school}))
    wang = Actor(ActorKind.STAFF, 2, "王芳", (Grant(Permission.ARCHIVE_ENTRY_VIEW, there),))
    stranger = Actor(ActorKind.LEARNER, 9, "李四", learner_id=filled.learners[1])
    for actor in (wang, stranger, Actor(ActorKind.ANONYMOUS, 0, "")):
        with pytest.raises(EntryNotFound):
            does(act, key, actor=actor)
    assert len(queries.journal(key.learner_id)) == 1


def test_learner_uses_what_is_their_own(filled):
    key = filled.key()
    own = Actor(ActorKind.LEARNER, 5, "张三", learner_id=filled.learners[0])
    does("hold", key, actor=own)
    does("use", key, actor=own)
    assert claimed(key.learner_id) == [(SCOPE, JournalKind.USE)]
