"""The journal is the truth: whatever happened, the table of claims is what the journal says."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from creditbank.archive import operations, queries
from creditbank.archive.errors import EntryAlreadyClaimed, EntryNotClaimed
from creditbank.archive.types import Claim, EntryKey, JournalKind, JournalRow
from tests.rooms.archive.conftest import NOW, SYSTEM, Bank, posted, small_bank

SCOPES = ("award:nursing", "award:care", "course:4131010251")
Act = tuple[str, int, int, str]

acts = st.tuples(
    st.sampled_from(["hold", "use", "release", "reverse"]),
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from(SCOPES),
)


@pytest.fixture
def bank(db: None) -> Bank:
    bank = small_bank()
    posted(bank, [bank.row(learner, course) for learner in (0, 1) for course in (0, 1)])
    return bank


def rebuilt(journal: list[JournalRow]) -> list[Claim]:
    """Return the claims that a journal leaves standing, by nothing but its rows."""
    standing: dict[tuple[str, EntryKey], JournalKind] = {}
    for row in journal:
        if row.kind in (JournalKind.HOLD, JournalKind.USE):
            standing[row.scope, row.key] = row.kind
        else:
            del standing[row.scope, row.key]
    return sorted((Claim(key, scope, kind) for (scope, key), kind in standing.items()), key=lambda c: (c.scope, c.key))


def expected(model: dict[tuple[int, int, str], str], act: Act) -> str:
    """Play an act on a model of two states, and say what the bank should answer."""
    name, place = act[0], act[1:]
    now = model.get(place)
    answer = {
        "hold": "claimed" if now else "hold",
        "use": "claimed" if now == "use" else "use",
        "release": "free" if now == "hold" else "not claimed",
        "reverse": "free" if now == "use" else "not claimed",
    }[name]
    if answer == "free":
        del model[place]
    elif answer in ("hold", "use"):
        model[place] = answer
    return answer


def play(bank: Bank, story: list[Act]) -> None:
    model: dict[tuple[int, int, str], str] = {}
    for act in story:
        name, learner, course, scope = act
        lines = len(queries.journal(bank.learners[learner]))
        try:
            getattr(operations, name)(
                actor=SYSTEM, key=bank.key(learner, course), scope=scope, reference="case:1", now=NOW
            )
            answer = "free" if name in ("release", "reverse") else name
        except EntryAlreadyClaimed:
            answer = "claimed"
        except EntryNotClaimed:
            answer = "not claimed"
        assert answer == expected(model, act)
        written = len(queries.journal(bank.learners[learner])) - lines
        assert written == (0 if answer in ("claimed", "not claimed") else 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(acts, min_size=1, max_size=25))
def test_claims_are_what_the_journal_says(bank: Bank, story: list[Act]) -> None:
    with transaction.atomic():
        play(bank, story)
        for learner_id in bank.learners:
            journal = queries.journal(learner_id)
            assert [row.number for row in journal] == list(range(1, len(journal) + 1))
            assert queries.claims(learner_id) == rebuilt(journal)
        transaction.set_rollback(True)  # the next story begins with an empty journal
