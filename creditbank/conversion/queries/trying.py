"""A draft tried on archives: whose they are, those nothing can be made of left out, slice after slice, into sums."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from creditbank.archive import queries as archive
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.queries.called import ids_called
from creditbank.catalogue.types import Programme, Specification
from creditbank.conversion import models, planning
from creditbank.conversion.queries.books import Ruling, parsed
from creditbank.conversion.queries.held import Holdings, holdings_of
from creditbank.conversion.queries.offered import programmes_bound, receiver_of
from creditbank.conversion.queries.telling import hundredths
from creditbank.conversion.queries.trial_sums import Sums
from creditbank.conversion.queries.worth import award_problem, enrolment_in, problem_of
from creditbank.conversion.rules.book import Book, BookKind
from creditbank.conversion.rules.conditions import Conditions, Family, Spec
from creditbank.conversion.rules.implication import leaves
from creditbank.conversion.rules.limits import Need, NeedAll, NeedAny, NeedLeaf, NeedTree
from creditbank.conversion.rules.problem import Problem
from creditbank.conversion.types import LEVELS_EN
from creditbank.enrolments import queries as enrolments
from creditbank.kernel.actor import Actor, system
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text
from creditbank.learners import queries as accounts

logger: Final = logging.getLogger(__name__)
SLICE: Final = 500
#: Where every archive is read and solved a slice is small, so that people see it move and a cancelled one stops soon.
SLICE_HEAVY: Final = 100
#: Above so many specifications asking for them by number costs more than it saves.
NAMED_MAX: Final = 5000
KEPT_MAX: Final = 4
#: Sums and nameless examples leave this room, so the archives are read as the bank itself does.
READER: Final[Actor] = system("rule-preview")


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A text to be tried, on the day nearest to the preview's that it rules on; told apart by identity."""

    ruling: Ruling
    day: date


@dataclass(frozen=True, slots=True)
class Trying:
    """A draft and the edition in force, if there is one, with the programmes that they speak to.

    `named` are the specifications that any rule may use, None where some rule does not name its sources.
    """

    draft: Side
    before: Side | None
    home: int | None
    programmes: Mapping[int, tuple[Programme, ...]]
    courses: Mapping[int, Specification]
    named: frozenset[int] | None

    @property
    def awards(self) -> bool:
        """Say whether it is about awards, which ask for an archive and no programme."""
        return self.draft.ruling.book.kind is BookKind.AWARD


def trying_of(row: models.Preview) -> Trying:
    """Return what a preview tries; made ready once a process, for all its slices."""
    return _trying(row.id, row.asked_at)


@lru_cache(maxsize=KEPT_MAX)
def _trying(preview_id: int, asked_at: datetime) -> Trying:
    row = models.Preview.objects.select_related("edition__book", "before__book").get(id=preview_id)
    assert row.asked_at == asked_at, "part of the key alone: no other preview was ever asked for at that instant"
    book = Book.model_validate(row.ruling)
    before = row.before and Ruling(row.before.as_value(), parsed(row.before.id, row.before.digest))
    books = [book, *([before.book] if before else [])]
    home = receiver_of(book)
    bound = () if book.kind is BookKind.AWARD else programmes_bound(book, home, day=row.day)
    programmes: dict[int, list[Programme]] = defaultdict(list)
    for each in bound:
        programmes[each.organization_id].append(each)
    return Trying(
        draft=Side(Ruling(row.edition.as_value(), book), _day(book, row.day)),
        before=Side(before, _day(before.book, row.day)) if before else None,
        home=home,
        programmes={school: tuple(found) for school, found in programmes.items()},
        courses=catalogue.by_ids(
            course.specification_id for each in bound for group in each.groups for course in group.courses
        ),
        named=_named(books) if not any(_given_to_all(each) for each in books) else None,
    )


def _day(book: Book, day: date) -> date:
    """Return the day nearest to one on which a book rules: a draft is tried before it begins."""
    until = book.effective.until
    return max(date.fromisoformat(book.effective.since), min(day, date.fromisoformat(until)) if until else day)


def _given_to_all(book: Book) -> bool:
    """Say whether an award may be attained by who holds nothing that a rule uses; it errs on the side of yes."""
    return any(need.holds is not None or not need.at_least for award in book.awards for need in _needs(award.needs))


def _needs(tree: NeedTree) -> Iterator[Need]:
    if isinstance(tree, NeedLeaf):
        yield tree.need
        return
    for branch in tree.all if isinstance(tree, NeedAll) else tree.any if isinstance(tree, NeedAny) else tree.of:
        yield from _needs(branch)


def _named(books: Iterable[Book]) -> frozenset[int] | None:
    """Return the specifications that any rule may use; None where a rule names neither them nor their families."""
    codes: set[str] = set()
    families: set[str] = set()
    for book in books:
        for rule in book.rules:
            for _, leaf in leaves(rule.source):
                spec, family = _among(leaf, Spec), _among(leaf, Family)
                if spec is not None:
                    codes |= spec
                elif family is not None:
                    families |= family
                else:
                    return None
    found = ids_called(codes, families)
    return found if len(found) <= NAMED_MAX else None


def _among(leaf: Conditions, tag: type[Spec] | type[Family]) -> AbstractSet[str] | None:
    """Return the names that a leaf asks for; None where it asks for none, or for what only a problem tells."""
    asked = [set(each.among) for each in leaf if isinstance(each, Spec | Family) and isinstance(each, tag)]
    named = [among for among in asked if not any(code.startswith("@") for code in among)]
    return min(named, key=len) if named else None


def concerned(tried: Trying) -> int:
    """Return how many learners a book decides of: the receiving school's, or everybody."""
    return accounts.living() if tried.awards else enrolments.count_learners(tried.home)


def next_slice(tried: Trying, row: models.Preview) -> models.Slice:
    """Try the next learners after those that a preview has tried, and return what that adds; no learners at the end."""
    most = SLICE if tried.named is not None and not tried.awards else min(SLICE, SLICE_HEAVY)
    if tried.awards:
        learners = accounts.living_after(row.after, most=most)
    else:
        learners = enrolments.learners_after(row.after, organization_id=tried.home, most=most)
    sums = Sums(row.sums)
    holding = archive.holders(learners, specification_ids=tried.named)
    held = holdings_of(READER, [each for each in learners if each in holding])
    for each in held.values():
        _add(tried, each, sums)
    return models.Slice(
        after=learners[-1] if learners else row.after,
        learners=len(learners),
        total=concerned(tried) if row.total is None else row.total,
        sums=sums.kept,
    )


def _add(tried: Trying, held: Holdings, sums: Sums) -> None:
    """Add one learner; whose archive cannot be worked out is counted with the reason."""
    try:
        if tried.awards:
            _add_awards(tried, held, sums)
        else:
            _add_credits(tried, held, sums)
    except Refusal as refusal:
        sums.miss(refusal)
    except planning.PlanNotVerifiedError:
        logger.exception("a plan for a preview does not pass the verifier")
        sums.miss(None)


def _add_credits(tried: Trying, held: Holdings, sums: Sums) -> None:
    sides = [side for side in (tried.draft, tried.before) if side and _touched(side.ruling.book, held)]
    studied = [
        each
        for school in dict.fromkeys(one.organization_id for one in held.enrolments)
        for each in tried.programmes.get(school, ())
        if enrolment_in(held, each)
    ]
    problems = {
        day: [problem_of(held, each, tried.courses, day=day) for each in studied]
        for day in {side.day for side in sides}
    }
    values = {side: _values(side, problems[side.day]) for side in sides}
    freed = values.get(tried.draft, [])
    worth = max(freed, default=0)
    # Of equal programmes the first. All that may be refused is asked before anything is counted.
    best = freed.index(worth) if worth else None
    plan = None if best is None else planning.plan([tried.draft.ruling.book], problems[tried.draft.day][best])
    if tried.before:
        sums.compare(worth, max(values.get(tried.before, []), default=0))
    if best is None or plan is None:
        return
    amounts: Counter[str] = Counter()
    for grant in plan["grants"]:
        amounts[grant["rule"]] += sum(hundredths(line.get("credits", "0")) for line in grant["gives"])
    sums.free(worth, by_rule=amounts)
    sums.example(_used(plan, held), studied[best].name, worth)


def _values(side: Side, problems: Sequence[Problem]) -> list[int]:
    """Return what is freed in each programme."""
    return [hundredths(planning.value([side.ruling.book], each)) for each in problems]


def _add_awards(tried: Trying, held: Holdings, sums: Sums) -> None:
    attained = _attained(tried.draft, held)
    if tried.before:
        sums.compare(len(attained), len(_attained(tried.before, held)))
    if attained:
        sums.attain(attained)


def _attained(side: Side, held: Holdings) -> list[str]:
    book = side.ruling.book
    return [
        each.id
        for each in book.awards
        if planning.attains(book, award_problem(held, side.ruling, each.id, day=side.day))
    ]


def _touched(book: Book, held: Holdings) -> bool:
    """Say whether any rule may concern what is held; it errs on the side of trying."""
    named = {each.spec for each in held.achievements}
    return bool(named) and any(_may_fill(leaf, named) for rule in book.rules for _, leaf in leaves(rule.source))


def _may_fill(leaf: Conditions, named: AbstractSet[str | None]) -> bool:
    """Say whether something of these names may fill a leaf: one that asks for no name may be filled by anything."""
    asked = (each.among for each in leaf if isinstance(each, Spec))
    return all(any(code in named or code.startswith("@") for code in among) for among in asked)


def _used(plan: Mapping[str, Any], held: Holdings) -> Iterator[Text]:
    used = {each for grant in plan["grants"] for each in grant["uses"]}
    for archived, said in zip(held.archived, held.achievements, strict=True):
        if said.id in used:
            name, level = archived.name, archived.level
            yield Text(f"{name.zh}{level}", name.en and f"{name.en} {LEVELS_EN.get(level, level)}".strip())
