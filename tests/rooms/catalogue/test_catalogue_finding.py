"""Finding by substring, initials and code; lists, filters, pages; who sees what."""

import pytest
from django.db import connection
from hypothesis import given, settings, strategies

from creditbank.catalogue import models, operations, queries
from creditbank.catalogue.types import Filters, NewCourse, SpecificationKind as Kind, Status
from creditbank.kernel.text import Text, fold
from tests.rooms.catalogue.conftest import NOBODY, NOW, SYSTEM, certificate, defined

NAMES = ("老年照护", "护理学基础", "基础护理", "Web前端开发", "建筑信息模型（BIM）", "物流管理", "护士执业")


@pytest.fixture
def names(bank):
    made = operations.define_many(actor=SYSTEM, new=[certificate(bank, name, "") for name in NAMES], now=NOW)
    return {each.name.zh: each.id for each in made}


def found(text):
    return {each.name.zh for each in queries.search(text)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("护理", {"护理学基础", "基础护理"}),
        ("护", {"老年照护", "护理学基础", "基础护理", "护士执业"}),
        ("护理学基础", {"护理学基础"}),
        ("hlxjc", {"护理学基础"}),
        ("HLXJC", {"护理学基础"}),
        ("jchl", {"基础护理"}),
        ("wlgl", {"物流管理"}),
        ("web", {"Web前端开发"}),
        ("ＷＥＢ前端", {"Web前端开发"}),
        ("(bim)", {"建筑信息模型（BIM）"}),
        ("基础 护理", {"护理学基础", "基础护理"}),
        ("护理 没有", set()),
        ("%", set()),
        ("_", set()),
        ("\\", set()),
    ],
)
def test_a_name_is_found_by_any_part_of_it_and_by_its_initials(names, text, wanted):
    assert found(text) == wanted


@settings(max_examples=25, deadline=None)
@given(
    strategies.sampled_from(NAMES).flatmap(
        lambda name: strategies.tuples(strategies.integers(0, len(name) - 1), strategies.integers(1, len(name))).map(
            lambda cut: name[cut[0] : cut[0] + cut[1]]
        )
    )
)
def test_the_index_finds_what_a_plain_reading_finds(part):
    rows = {name for name in NAMES if fold(part) in fold(name)}
    assert rows
    assert {name for name in NAMES if fold(part) in models.searchable(Text(name), "")} >= rows


def test_a_code_and_a_name_are_sought_together(bank):
    defined(bank, "护理", code="X-1")
    defined(bank, "护理（老年）", code="X-2")
    assert found("护理 x-2") == {"护理（老年）"}


def plan(text):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM catalogue_specification WHERE search_text LIKE %s", [f"%{text}%"])
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_trigram_index_understands_chinese(bank):
    assert "specification_search" in plan("护理学基础")
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm('护理学基础')")
        [(trigrams,)] = cursor.fetchall()
    # In a locale that does not know Chinese letters there would be none.
    assert len(trigrams) > 3


def test_only_what_is_recognised_is_found_by_everybody(bank, li, wang):
    course = NewCourse("护理伦理", 200)
    operations.propose_courses(actor=li, organization_id=bank.school, courses=[course], now=NOW)
    withdrawn = operations.withdraw(actor=SYSTEM, specification_id=defined(bank, "护理旧证").id, now=NOW)
    assert found("护理") == set()
    seen = {
        who: {row.specification.name.zh for row in queries.listing(actor, Filters(text="护理"), 1).rows}
        for who, actor in {"li": li, "wang": wang, "nobody": NOBODY, "system": SYSTEM}.items()
    }
    assert seen == {
        "li": {"护理伦理", "护理旧证"},
        "wang": {"护理旧证"},
        "nobody": {"护理旧证"},
        "system": {"护理伦理", "护理旧证"},
    }
    recognised = Filters(text="护理", status=Status.RECOGNISED)
    assert queries.listing(NOBODY, recognised, 1).rows == ()
    assert queries.details(NOBODY, withdrawn.public_id).row.specification == withdrawn


def test_filters_narrow(bank, names):
    defined(bank, "护理竞赛", "国家级")
    listed = {
        "level": queries.listing(SYSTEM, Filters(level="国家级"), 1).total,
        "kind": queries.listing(SYSTEM, Filters(kind=Kind.COURSE), 1).total,
        "issuer": queries.listing(SYSTEM, Filters(issuer_id=bank.assessor), 1).total,
        "nobody": queries.listing(SYSTEM, Filters(issuer_id=bank.school), 1).total,
    }
    assert listed == {"level": 1, "kind": 0, "issuer": len(NAMES) + 1, "nobody": 0}
    assert queries.levels() == ("国家级",)
    assert queries.counts() == {Kind.CERTIFICATE: len(NAMES) + 1}


@pytest.mark.parametrize("sort", ["name", "code", "credits", "newest", "issuer", "unheard-of"])
def test_pages_of_any_order_hold_every_row_once(bank, names, sort, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_ROWS", 3)
    pages = [queries.listing(SYSTEM, Filters(sort=sort), page) for page in (1, 2, 3)]
    rows = [row.specification.id for page in pages for row in page.rows]
    assert sorted(rows) == sorted(names.values())
    assert [row.specification.id for row in queries.export(SYSTEM, Filters(sort=sort))] == rows
    assert queries.listing(SYSTEM, Filters(sort=sort), 99) == pages[-1]
    assert pages[0].pages == 3


def test_names_sort_by_pinyin(names):
    rows = queries.listing(SYSTEM, Filters(), 1).rows
    assert [row.specification.name.zh for row in rows] == [
        "护理学基础",
        "护士执业",
        "基础护理",
        "建筑信息模型（BIM）",
        "老年照护",
        "Web前端开发",
        "物流管理",
    ]


def test_a_list_asks_the_database_a_fixed_number_of_times(bank, names, django_assert_num_queries):
    with django_assert_num_queries(3):
        queries.listing(SYSTEM, Filters(), 1)


def test_an_export_goes_on_beyond_one_chunk(bank, names, monkeypatch):
    monkeypatch.setattr(queries, "EXPORT_ROWS", 2)
    assert len(list(queries.export(SYSTEM, Filters()))) == len(NAMES)
