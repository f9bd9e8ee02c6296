"""What is not on record: a share of an unknown total promises nothing, and says what to bring."""

from creditbank.conversion import planning
from creditbank.conversion.planner.checking import solved_findings
from creditbank.conversion.rules.answers import Refused, Unknown
from creditbank.conversion.rules.sentences_reasons import print_reason
from tests.rooms.conversion.planner.books import UNIT, a_book, a_problem, a_rule, held, one

SHARE = {"id": "half", "measure": "credits", "at_most": {"share": "50", "of": "programme"}}


def explained(book, problem):
    return planning.explain([book], problem)[0]


def entry(book, problem, rule):
    return next(each for each in explained(book, problem)["unused"] if each["rule"] == rule)


def test_a_share_of_a_programme_whose_credits_are_not_on_record_is_missing_data():
    book = a_book(a_rule("r", "A", "K"), a_rule("s", "B", "L"), caps=[SHARE])
    problem = a_problem(held("A"), held("B"), courses={"K": 3, "L": 4})
    told = entry(book, problem, "r")
    assert (told["why"], told["state"], told["cap"], told["gain"]) == ("missing_data", "unknown", "half", "7")
    assert told["bring"] == [{"tag": "credits_required", "what": "credits_required", "code": "missing"}]
    document = explained(book, problem)
    assert document["plan"]["credits"] == "0"
    (cap,) = document["caps"]
    assert (cap["at_most"], cap["slack"], cap["lacking"]) == (None, None, "credits_required")
    assert planning.value([book], problem) == 0
    known = a_problem(held("A"), held("B"), courses={"K": 3, "L": 4}, programme={"credits_required": "8"})
    assert (entry(book, known, "r")["why"], explained(book, known)["caps"][0]["at_most"]) == ("lost", "4")


def test_what_no_cap_of_unknown_bound_counts_is_granted_all_the_same():
    book = a_book(a_rule("r", "A", "K", tags=["t"]), a_rule("s", "B", "L"), caps=[SHARE | {"of": {"tags": ["t"]}}])
    document = explained(book, a_problem(held("A"), held("B"), courses={"K": 3, "L": 4}))
    assert document["plan"]["credits"] == "4"
    assert [each["why"] for each in document["unused"]] == ["missing_data"]


def test_a_cap_that_stops_a_rule_for_certain_is_told_before_one_that_nobody_can_tell():
    two = {"id": "two", "measure": "credits", "at_most": "2"}
    book = a_book(a_rule("r", "A", "K"), caps=[SHARE, two])
    assert entry(book, a_problem(held("A"), courses={"K": 3}), "r")["cap"] == "two"


def test_a_bound_that_an_achievement_should_bring_and_does_not_is_missing_data():
    own = {"id": "own", "measure": "credits", "per": "achievement", "at_most": {"field": "achievement.credits"}}
    told = entry(a_book(a_rule("r", "A", "K"), caps=[own]), a_problem(held("A"), courses={"K": 3}), "r")
    assert (told["why"], told["gain"]) == ("missing_data", "3")
    assert told["bring"] == [{"tag": "credits", "what": "credits", "code": "missing", "achievement": "A"}]


def test_the_check_for_idle_caps_says_nothing_of_a_bound_that_nobody_knows():
    given = a_problem(held("A"), courses={"K": 3}).model_dump(by_alias=True, exclude_unset=True, mode="json")
    case = {"id": "c", "given": given, "expect": {"credits": "0"}}
    small = SHARE | {"at_most": {"share": "90", "of": "programme"}, "of": {"tags": ["none"]}}
    book = a_book(a_rule("r", "A", "K"), caps=[small], cases=[case])
    assert [each.code for each in solved_findings(book)] == []
    given["programme"]["credits_required"] = "100"
    book = a_book(a_rule("r", "A", "K"), caps=[small], cases=[case])
    assert [each.code for each in solved_findings(book)] == ["never_binds"]


def test_credits_are_not_shared_out_among_categories_by_parts_that_are_not_on_record():
    book = a_book(a_rule("r", {"all": [one("A"), one("B")]}, {"credits": "@category"}, credits={"mode": "source"}))
    known = held("A", category="m", credits={"value": "3", "unit": UNIT})
    told = entry(book, a_problem(known, held("B", category="n")), "r")
    assert told["why"] == "missing_data"
    assert told["bring"] == [{"tag": "credits", "what": "credits", "code": "missing", "achievement": "B"}]
    alike = explained(book, a_problem(known, held("B", category="m")))
    assert alike["plan"]["credits"] == "3"


def test_a_part_of_a_grant_that_nobody_knows_counts_whole_under_a_cap():
    cap = {"id": "each", "measure": "credits", "per": "issuer", "attribution": "pro_rata", "at_most": "2"}
    book = a_book(a_rule("r", {"all": [one("A"), one("B")]}, "K"), caps=[cap])
    sized = {"credits": {"value": "2", "unit": UNIT}}
    both = [held("A", issuer="i", **sized), held("B", issuer="j", **sized)]
    assert planning.plan([book], a_problem(*both, courses={"K": 4}))["credits"] == "4"
    unknown = [both[0], held("B", issuer="j")]
    assert planning.plan([book], a_problem(*unknown, courses={"K": 4}))["credits"] == "0"


def test_what_is_acquired_later_is_not_used_and_says_from_when():
    book = a_book(a_rule("r", "A", "K"))
    later = a_problem(held("A", acquired="2026-03-02"), courses={"K": 3})
    assert planning.value([book], later) == 0
    told = entry(book, later, "r")
    assert (told["why"], told["code"], told["achievement"]) == ("condition", "not_yet", "A")
    assert (told["needs"], told["has"], told["distance"], told["unit"]) == ("2026-03-01", "2026-03-02", "1", "day")
    on_the_day = a_problem(held("A", acquired="2026-03-01"), courses={"K": 3})
    assert planning.value([book], on_the_day) == float(planning.plan([book], on_the_day)["credits"]) == 3


def test_what_is_acquired_later_is_told_after_what_its_rule_refuses():
    low = held("A", acquired="2026-03-02", grade={"scale": "percent", "value": "50"})
    source = one("A", also=[{"is": "grade", "scale": "percent", "at_least": "60"}])
    told = entry(a_book(a_rule("r", source, "K")), a_problem(low, courses={"K": 3}), "r")
    assert (told["code"], told["unmet"]) == ("grade_low", 2)
    assert entry(a_book(a_rule("r", source, "K")), a_problem(held("A", acquired="2026-03-02")), "r")["unmet"] == 2


def test_what_is_acquired_later_fills_no_pool_and_sets_nothing_of_its_family_aside():
    pool = {"pool": [{"is": "spec", "in": ["A"]}], "measure": "count", "at_least": "2"}
    book = a_book(a_rule("r", pool, "K"))
    now, later = held("a", "A"), held("b", "A", acquired="2026-04-01")
    assert entry(book, a_problem(now, later, courses={"K": 3}), "r")["has"] == "1"
    assert entry(book, a_problem(later, courses={"K": 3}), "r")["code"] == "not_yet"
    highest = a_book(a_rule("r", "A", "K"), policies={"families": {"*": "highest"}})
    low = held("low", "A", family="f", level="low", level_scale="x")
    high = held("high", "A", family="f", level="high", level_scale="x", acquired="2026-04-01")
    assert planning.plan([highest], a_problem(low, high, courses={"K": 3}))["grants"][0]["uses"] == ["low"]


def test_of_two_equal_places_the_one_that_is_empty_is_named_and_one_more_fills_it():
    book = a_book(a_rule("r", {"all": [one("A"), one("A"), one("B")]}, "K"))
    problem = a_problem(held("A"), held("B"), courses={"K": 3})
    told = entry(book, problem, "r")
    assert (told["code"], told["tag"], told["needs"], told["has"]) == ("one_lacking", "spec", "A", "1")
    assert (told["distance"], told["unmet"]) == ("1", 1)
    (more,) = explained(book, problem)["one_more"]
    assert (more["achievement"], more["gain"]) == ({"spec": "A"}, "3")


def test_of_places_that_compete_the_last_that_nothing_is_left_for_is_named():
    book = a_book(a_rule("r", {"all": [one("A", "B"), one("A"), one("B")]}, "K"))
    told = entry(book, a_problem(held("A"), held("B"), courses={"K": 3}), "r")
    assert (told["code"], told["needs"]) == ("one_lacking", "B")


def test_a_pool_beside_a_place_lacks_what_stands_in_the_place():
    pool = {"pool": [{"is": "spec", "in": ["A"]}], "measure": "count", "at_least": "2"}
    book = a_book(a_rule("r", {"all": [one("A"), pool]}, "K"))
    told = entry(book, a_problem(held("a", "A"), held("b", "A"), courses={"K": 3}), "r")
    assert (told["code"], told["needs"], told["has"], told["distance"]) == ("pool_few", "2", "1", "1")


def test_the_reasons_are_told_in_both_languages():
    later = Refused("not_yet", "acquired", "2026-03-01", "2026-03-02", "1", "day")
    assert print_reason(later, "zh") == "在「2026-03-01」还没有取得，取得日期为「2026-03-02」，还差「1」（「day」）"
    assert print_reason(later, "en").startswith("not yet acquired on 「2026-03-01」")
    lacking = Refused("one_lacking", "spec", "A", "1", "1")
    assert print_reason(lacking, "zh") == "成果「A」还缺「1」项，现有「1」项，每项只用一次"
    assert print_reason(lacking, "en").startswith("the achievement 「A」: 「1」 more needed")
    assert print_reason(Unknown("credits_required", "credits_required"), "zh") == "尚缺：专业要求的学分"
