"""What is still needed for an award is the least that fills every need at once, and says where to earn it."""

from creditbank.conversion.planner import cpsat
from creditbank.conversion.planner.model import Limit, Model, NeedLeaf, NeedTree, Option, StillNeeded

MAJOR, LIBERAL = 0, 1


def bachelor(**also):
    """Return 47 general courses of 3 credits before a total of 140, 60 in the major and 30 liberal."""
    options = tuple(Option(n, (n,), (n,), credits=3) for n in range(47))
    every = tuple((n, 3) for n in range(47))
    needs = NeedTree(
        3,
        (
            NeedLeaf("total", 140, every, open_lines=((MAJOR, 1), (LIBERAL, 1))),
            NeedLeaf("major", 60, open_lines=((MAJOR, 1),)),
            NeedLeaf("liberal", 30, open_lines=((LIBERAL, 1),)),
        ),
    )
    return Model(options, 47, needs=needs, open_lines=2, **also)


def test_general_courses_that_meet_the_total_leave_the_major_and_the_liberal_credits():
    assert cpsat.still_needed(bachelor()) == StillNeeded(90, (60, 30))


def test_one_credit_earned_helps_the_total_and_the_major_at_once():
    model = bachelor()._replace(options=(), needs=NeedTree(2, bachelor().needs.of[:2]))
    tree = NeedTree(2, tuple(leaf._replace(choices=()) for leaf in model.needs.of))
    assert cpsat.still_needed(model._replace(needs=tree)) == StillNeeded(140, (140, 0))


def test_a_cap_that_collides_with_a_need_leaves_no_answer():
    cap = Limit("major-cap", 59, open_lines=((MAJOR, 1),))
    assert cpsat.still_needed(bachelor(limits=(cap,))) is None


def test_a_condition_that_does_not_hold_cannot_be_earned_unless_it_is_waived():
    held = NeedLeaf("enrolled", held=False)
    model = bachelor()
    both = NeedTree(4, (*model.needs.of, held))
    assert cpsat.still_needed(model._replace(needs=both)) is None
    waived = NeedTree(4, (*model.needs.of, held._replace(waived=True)))
    assert cpsat.still_needed(model._replace(needs=waived)) == StillNeeded(90, (60, 30))


def test_the_easier_branch_is_the_one_that_is_still_needed():
    model = bachelor()
    either = NeedTree(1, model.needs.of[1:])
    assert cpsat.still_needed(model._replace(needs=either)) == StillNeeded(30, (0, 30))
