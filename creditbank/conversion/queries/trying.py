"""What a draft would free on real archives: sums, the rules that count most, and examples that name nobody."""

from collections import Counter
from collections.abc import Iterator, Sequence, Set as AbstractSet
from datetime import date
from decimal import Decimal
from typing import Any, Final

from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.types import Programme
from creditbank.conversion import planning
from creditbank.conversion.queries.books import Ruling, details
from creditbank.conversion.queries.offered import programmes_bound, receiver_of
from creditbank.conversion.queries.reviewing import review
from creditbank.conversion.queries.worth import Holdings, award_problem, enrolment_in, holdings, problem_of
from creditbank.conversion.rules.book import Book, BookKind
from creditbank.conversion.rules.conditions import Conditions, Spec
from creditbank.conversion.rules.implication import leaves
from creditbank.conversion.shown import Example, Trial
from creditbank.enrolments import queries as enrolments
from creditbank.enrolments.types import Filters
from creditbank.kernel.actor import Actor, system
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text

PAGES_MAX: Final = 6
RULES_SHOWN: Final = 8
EXAMPLES_SHOWN: Final = 5
HUNDRED: Final = 100
#: Sums and nameless examples leave this room, so the archives are read as the bank itself does.
READER: Final = system("rule-preview")


def trial(actor: Actor, public_id: str, *, day: date) -> Trial | None:
    """Return what a draft would free for students in the programmes they study; None while it has faults.

    The students are those of whom the book decides: the owner's, an agreement's receiver's; for guidance and awards
    those of everybody. More than six pages of the list are asked page by page, evenly over the list. Refused: an
    edition the actor may not know of.
    """
    found = details(actor, public_id)
    book = review(found.document, day=day).ruling
    if book is None:
        return None
    home = receiver_of(book)
    total, learners = _students(home)
    if book.kind is BookKind.AWARD:
        return _attained(Ruling(found.edition, book), total, learners, day)
    programmes = programmes_bound(book, home, day=day)
    sums = _Sums()
    for learner_id in learners:
        sums.add(book, holdings(READER, learner_id), programmes, day)
    return Trial(
        students=total,
        asked=len(learners),
        freed=sums.freed,
        credits=sums.credits,
        unread=sums.unread,
        rules=tuple(
            (rule, sums.learners[rule], amount)
            for rule, amount in sorted(sums.rules.items(), key=lambda pair: (-pair[1], pair[0]))[:RULES_SHOWN]
        ),
        examples=tuple(sorted(sums.examples, key=lambda each: -each.credits)[:EXAMPLES_SHOWN]),
    )


def _attained(ruling: Ruling, total: int, learners: Sequence[int], day: date) -> Trial:
    """Return how many of the learners attain each award of a book."""
    counts: Counter[str] = Counter()
    winners: set[int] = set()
    unread: set[int] = set()
    for learner_id in learners:
        held = holdings(READER, learner_id)
        for award in ruling.book.awards if held.achievements else ():
            try:
                attained = planning.award(ruling.book, award_problem(held, ruling, award.id, day=day)).attained
            except Refusal:
                unread.add(learner_id)
                continue
            if attained:
                counts[award.id] += 1
                winners.add(learner_id)
    return Trial(
        students=total,
        asked=len(learners),
        freed=len(winners),
        credits=0,
        unread=len(unread),
        rules=(),
        examples=(),
        awards=tuple((each.id, Text(each.title.zh, each.title.en), counts[each.id]) for each in ruling.book.awards),
    )


class _Sums:
    """Adds learner to learner."""

    def __init__(self) -> None:
        self.freed = self.credits = self.unread = 0
        self.rules: Counter[str] = Counter()
        self.learners: Counter[str] = Counter()
        self.examples: list[Example] = []

    def add(self, book: Book, held: Holdings, programmes: Sequence[Programme], day: date) -> None:
        """Count what the book frees for one learner in the programme they study."""
        programme = next((each for each in programmes if enrolment_in(held, each)), None)
        if programme is None or not _touched(book, held):
            return
        courses = catalogue.by_ids({course.specification_id for group in programme.groups for course in group.courses})
        try:
            plan = planning.plan([book], problem_of(held, programme, courses, day=day))
        except Refusal:
            self.unread += 1
            return
        worth = _hundredths(plan["credits"])
        if not worth:
            return
        self.freed += 1
        self.credits += worth
        for rule in {grant["rule"] for grant in plan["grants"]}:
            self.learners[rule] += 1
        for grant in plan["grants"]:
            self.rules[grant["rule"]] += sum(_hundredths(line.get("credits", "0")) for line in grant["gives"])
        self.examples.append(Example(tuple(_used(plan, held)), programme.name, worth))


def _touched(book: Book, held: Holdings) -> bool:
    """Say whether any rule may concern what is held; it errs on the side of trying."""
    named = {each.spec for each in held.achievements}
    return bool(named) and any(_may_fill(leaf, named) for rule in book.rules for _, leaf in leaves(rule.source))


def _may_fill(leaf: Conditions, named: AbstractSet[str | None]) -> bool:
    """Say whether something of these names may fill a leaf: one that asks for no name may be filled by anything."""
    asked = (each.among for each in leaf if isinstance(each, Spec))
    return all(any(code in named or code.startswith("@") for code in among) for among in asked)


def _used(plan: dict[str, Any], held: Holdings) -> Iterator[Text]:
    used = {each for grant in plan["grants"] for each in grant["uses"]}
    for archived, said in zip(held.archived, held.achievements, strict=True):
        if said.id in used:
            name = archived.name
            yield Text(f"{name.zh}{archived.level}", name.en and f"{name.en} {archived.level}".strip())


def _students(home: int | None) -> tuple[int, list[int]]:
    """Return how many enrolments an institution, or everybody, has, and the learners that are asked."""
    filters = Filters(organization_id=home)
    first = enrolments.listing(actor=READER, filters=filters, page=1)
    step = max(1, first.pages / PAGES_MAX)
    pages = sorted({int(number * step) + 1 for number in range(min(PAGES_MAX, first.pages))})
    listed = (enrolments.listing(actor=READER, filters=filters, page=each) for each in pages)
    found = {line.enrolment.learner_id: None for page in listed for line in page.lines}
    return first.total, list(found)


def _hundredths(amount: str) -> int:
    return int((Decimal(amount) * HUNDRED).to_integral_value())
