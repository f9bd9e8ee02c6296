"""What is worked out for a frame of people is what is worked out for each of them."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, strategies as st

from creditbank.kernel.documents import Document, DocumentKind, birth_date
from creditbank.kernel.text import NotAName, name_key, person_name
from creditbank.learners import queries
from creditbank.learners.documents import packed, unpacked
from creditbank.learners.operations import describing
from creditbank.learners.types import NewPerson
from creditbank.learners.vault import Sealed, document_place, vault
from tests.rooms.learners.people import document

NAMES = ["林晓岚", "买买提•依明", "Ada  King", "王", "ＬＩ Ｎａ", "㐂子", "豈更", "林\u3000晓岚"]
OTHERS = [
    Document(DocumentKind.PASSPORT, "E12345678"),
    Document(DocumentKind.PASSPORT, "123456789012345678"),
    Document(DocumentKind.TAIWAN_PERMIT, "12345678"),
    Document(DocumentKind.FOREIGN_RESIDENCE, "ABC123456789012"),
]
DOCUMENTS = [*(document(n, born=date(1980 + n % 30, 2, 28)) for n in range(4)), *OTHERS]


PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(DOCUMENTS)), min_size=1, max_size=12)


@given(PAIRS)
def test_a_frame_says_of_everybody_what_one_by_one_is_said(pairs):
    frame = describing.frame_of([NewPerson(name, paper) for name, paper in pairs])
    told = describing.described(frame)
    assert told["name"].to_list() == [person_name(name) for name, _ in pairs]
    assert told["name_key"].to_list() == [name_key(name) for name, _ in pairs]
    assert told["birth_date"].to_list() == [birth_date(paper) for _, paper in pairs]
    assert queries.digested(frame)["digest"].to_list() == [vault().digest(paper) for _, paper in pairs]


def test_a_text_that_is_no_name_is_refused_among_many():
    with pytest.raises(NotAName):
        describing.described(describing.frame_of([NewPerson("林晓岚", DOCUMENTS[0]), NewPerson("12", DOCUMENTS[1])]))


@given(st.sampled_from(DOCUMENTS))
def test_a_number_comes_back_whole_packed_or_as_an_earlier_release_sealed_it(paper):
    content = packed(paper.kind, paper.number)
    assert unpacked(paper.kind, content) == unpacked(paper.kind, paper.number.encode()) == paper.number


def test_sealed_numbers_open_in_their_places_only_and_no_nonce_comes_twice():
    papers = [DOCUMENTS[0], OTHERS[0], DOCUMENTS[0]]
    people = describing.frame_of([NewPerson("林晓岚", paper) for paper in papers])
    key_id, found = describing.sealed(people.with_columns(learner_id=pl.Series([7, 8, 9])))
    opened = [
        vault().open_bytes(Sealed(key_id, each), place=f"learners.document:{learner}:1")
        for each, learner in zip(found, (7, 8, 9), strict=True)
    ]
    assert opened == [packed(paper.kind, paper.number) for paper in papers]
    assert len({each[:12] for each in found}) == 3
    assert document_place(7, 1) == "learners.document:7:1"
