"""Dead sources and targets, inflation over all books in force: what only shows beside the catalogue."""

from fractions import Fraction

import pytest

from creditbank.conversion.rules.checks.findings import Severity
from creditbank.conversion.rules.checks.inflation import rule_edges
from creditbank.conversion.rules.checks.publishing import check
from creditbank.conversion.rules.checks.surroundings import Catalogue, CourseEntry, SpecEntry, Surroundings
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.problem import Course
from creditbank.conversion.rules.quantities import Units
from tests.rooms.conversion.checks.documents import book, case, rule, spec

WEB = SpecEntry("web", Quantity(value="4", unit="u"))


def course(code, worth="4", **more):
    entry = {key: more.pop(key) for key in ("unit", "valid_from", "valid_until", "withdrawn") if key in more}
    return CourseEntry(Course(code=code, credits=worth, **more), **{"unit": "u", **entry})


K1 = course("K1", nature="required")


def catalogue(specs=(WEB,), courses=(K1,)):
    return Catalogue({each.code: each for each in specs}, {each.course.code: each for each in courses})


def codes(made, around):
    return [each.code for each in check(made, Surroundings(catalogue=around))]


def test_what_the_catalogue_has_is_no_finding():
    assert codes(book(cases=[case()]), catalogue()) == []


@pytest.mark.parametrize(
    "entry",
    [
        SpecEntry("other"),
        SpecEntry("web", withdrawn=True),
        SpecEntry("web", valid_until="2025-12-31"),
        SpecEntry("web", valid_from="2027-01-01"),
    ],
)
def test_an_achievement_that_nobody_can_bring_is_found(entry):
    made = book(effective={"from": "2026-01-01", "to": "2026-12-31"})
    assert codes(made, catalogue(specs=[entry])) == ["dead_source"]


def test_an_achievement_valid_for_part_of_the_period_is_alive():
    made = book(effective={"from": "2026-01-01", "to": "2026-12-31"})
    assert codes(made, catalogue(specs=[SpecEntry("web", valid_from="2026-12-31")])) == []
    assert codes(made, catalogue(specs=[SpecEntry("web", valid_until="2026-01-01")])) == []


def test_an_achievement_that_is_only_excluded_may_be_missing():
    made = book(rule(**{"from": {"one": [spec("web"), {"not": spec("gone")}]}}))
    assert codes(made, catalogue()) == []


@pytest.mark.parametrize(
    "courses",
    [
        [course("K2")],
        [course("K1", withdrawn=True)],
        [course("K1", valid_until="2025-12-31")],
    ],
)
def test_a_course_that_cannot_be_freed_is_found(courses):
    assert codes(book(), catalogue(courses=courses)) == ["dead_target"]


def test_a_course_inside_a_bundle_is_found_too():
    lines = [{"choose": 1, "of": [[{"course": "K1"}, {"course": "K9"}], {"course": "K1"}]}]
    assert codes(book(rule(gives=lines)), catalogue()) == ["dead_target"]


def test_a_choice_that_selects_no_course_is_found():
    def choosing(nature):
        return book(rule(gives=[{"choose": 1, "where": [{"is": "course_nature", "in": [nature]}]}]))

    assert codes(choosing("elective"), catalogue()) == ["dead_target"]
    assert codes(choosing("required"), catalogue()) == []
    assert codes(choosing("required"), catalogue(courses=[course("K1", nature="required", withdrawn=True)])) == [
        "dead_target"
    ]


def test_a_choice_is_made_among_the_courses_as_the_programmes_teach_them():
    made = book(rule(gives=[{"choose": 1, "where": [{"is": "course_nature", "in": ["elective"]}]}]))
    named = {"K1": course("K1")}

    def taught(*natures):
        listed = tuple(Course(code="K1", credits="4", nature=each) for each in natures)
        return codes(made, Catalogue({"web": WEB}, named, listed))

    assert taught("required", "elective") == []
    assert taught("required") == ["dead_target"]
    assert taught(None) == []
    assert taught() == []


def test_a_book_of_which_nothing_is_known_is_told_once():
    (found,) = check(book(cases=[case()]), Surroundings(Catalogue()))
    assert (found.code, found.severity) == ("unknown_codes", Severity.WARN)
    assert "None of the 2 " in found.en


def test_credits_that_one_of_the_programmes_gives_are_no_finding():
    for amount, expected in (("4", []), ("2", ["dead_target"])):
        taught = (Course(code="K1", credits=amount),)
        around = Catalogue({"web": WEB}, {"K1": course("K1", "3")}, taught)
        assert codes(book(cases=[case()]), around) == expected


def test_credits_of_a_course_that_changed_are_found_in_the_cases():
    (found,) = check(book(cases=[case()]), Surroundings(catalogue=catalogue(courses=[course("K1", "3")])))
    assert (found.code, found.subject) == ("dead_target", "one")
    assert "now has 3 credits; the case counts 4" in found.en


def converting(name, source, target, **mode):
    given = mode or {"mode": "target"}
    made = rule(f"{source}-{target}", **{"from": {"one": [spec(source)]}}, gives=[{"course": target}], credits=given)
    return book(made, id=name)


def trio(*worth):
    """Return a catalogue in which the achievements and courses A, B, C, D have these credits."""
    names = "ABCD"[: len(worth)]
    return Catalogue(
        {name: SpecEntry(name, Quantity(value=each, unit="u")) for name, each in zip(names, worth, strict=True)},
        {name: course(name, each) for name, each in zip(names, worth, strict=True)},
    )


def test_a_path_over_two_books_that_gains_is_found():
    first, second = converting("one", "A", "B"), converting("two", "B", "C", mode="fixed", amount="5")
    found = check(second, Surroundings(trio("4", "4", "4"), in_force=[first]))
    assert [(each.code, each.details["word"], each.details["factor"]) for each in found] == [
        ("inflation", "A → B → C", "1.25")
    ]
    level = converting("two", "B", "C", mode="fixed", amount="4")
    assert check(level, Surroundings(trio("4", "4", "4"), in_force=[first])) == ()


def test_a_single_step_that_gains_is_a_decision_and_no_finding():
    assert check(converting("one", "A", "B"), Surroundings(trio("2", "6"))) == ()


def test_a_ring_that_mints_credits_is_refused_and_one_that_does_not_is_not():
    there, back = converting("one", "A", "B", mode="fixed", amount="5"), converting("two", "B", "A")
    found = check(back, Surroundings(trio("4", "4"), in_force=[there]))
    assert [each.code for each in found] == ["inflation_cycle"]
    assert found[0].details["factor"] == "1.25"
    even = converting("one", "A", "B", mode="fixed", amount="4")
    assert check(back, Surroundings(trio("4", "4"), in_force=[even])) == ()


def test_a_ring_of_nine_books_is_found_as_well():
    names = [f"N{number}" for number in range(9)]
    around = Catalogue(
        {name: SpecEntry(name, Quantity(value="4", unit="u")) for name in names},
        {name: course(name, "4") for name in names},
    )
    books = [converting(name, name, names[at - 8]) for at, name in enumerate(names)]
    assert check(books[0], Surroundings(around, in_force=books)) == ()
    books[3] = converting("N3", "N3", "N4", mode="fixed", amount="4.5")
    assert "inflation_cycle" in {each.code for each in check(books[0], Surroundings(around, in_force=books))}


def test_what_goes_wrong_in_other_books_is_not_told_of_this_one():
    first, second = converting("one", "A", "B"), converting("two", "B", "C", mode="fixed", amount="5")
    assert check(converting("three", "D", "D"), Surroundings(trio("4", "4", "4", "4"), in_force=[first, second])) == ()


def test_unit_maps_that_mint_credits_in_a_ring_are_refused():
    def mapping(name, factor):
        return book(id=name, words={"unit_maps": [{"from": "u", "to": "v", "factor": factor, "cites": ["C"]}]})

    found = check(mapping("two", "2"), Surroundings(in_force=[mapping("one", "3/2")]))
    assert [(each.code, each.details["factor"]) for each in found] == [("inflation_cycle", "4/3")]
    assert check(mapping("two", "3/2"), Surroundings(in_force=[mapping("one", "3/2")])) == ()


def test_the_gain_of_a_step_is_exact_and_counts_all_that_is_brought():
    both = {"from": {"all": [{"one": [spec("A")]}, {"one": [spec("B")]}]}}
    made = book(rule("both", **both, gives=[{"course": "C"}], credits={"mode": "fixed", "amount": "7"}))
    edges = list(rule_edges(made, Units(), trio("1", "2", "3")))
    assert [(edge.source, edge.target, edge.gain) for edge in edges] == [
        ("A", "C", Fraction(7, 3)),
        ("B", "C", Fraction(7, 3)),
    ]


@pytest.mark.parametrize(
    ("mode", "gain"),
    [
        ({"mode": "source"}, Fraction(1)),
        ({"mode": "fixed", "amount": "2"}, Fraction(1, 2)),
        (
            {"mode": "table", "rows": [{"if": [], "amount": "3"}], "adjust": [{"if": [], "add": "0.5"}]},
            Fraction(7, 8),
        ),
    ],
)
def test_generic_credits_gain_by_their_mode(mode, gain):
    made = book(rule(gives=[{"credits": "g"}], credits=mode))
    assert [(edge.target, edge.gain) for edge in rule_edges(made, Units(), catalogue())] == [("category:g", gain)]


def test_the_smaller_of_source_and_target_never_gains():
    made = book(rule(credits={"mode": "least"}))
    assert [edge.gain for edge in rule_edges(made, Units(), catalogue(courses=[course("K1", "9")]))] == [Fraction(1)]
