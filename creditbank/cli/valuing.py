"""`creditbank worth`: what the archive of one account frees, as the API tells its holder."""

from datetime import UTC, datetime

from django.utils import timezone

from creditbank.cli import surroundings
from creditbank.cli.files import print_json, print_refusal
from creditbank.kernel.actor import system
from creditbank.kernel.credits import plain
from creditbank.kernel.errors import Refusal


def worth(*, account: str, as_json: bool) -> int:
    """Print the worth of an account in every programme and towards every award.

    Exit 0: told; 1: there is no such account.
    """
    with surroundings.bank():
        from creditbank.conversion import queries
        from creditbank.learners import queries as learners

        actor, day = system("command-line"), timezone.localdate(datetime.now(tz=UTC))
        try:
            learner = learners.by_account_number("".join(account.split()))
        except Refusal as refusal:
            return print_refusal(refusal, as_json=as_json)
        if as_json:
            print_json(queries.worth_document(actor, learner.learner_id, day=day))
            return 0
        for each in queries.worth(actor, learner.learner_id, day=day):
            name = f"{each.institution.zh} {each.programme.zh}"
            if each.refusal is not None or each.credits is None:
                print(f"{name}: {each.refusal and each.refusal.sentence('zh')}")
                continue
            amounts = f"{plain(each.credits)} + {plain(each.held)} / {plain(each.credits_required)}"
            print(f"{name}: {amounts} {each.unit.zh}")
        for award in queries.awards(actor, learner.learner_id, day=day):
            missing = "" if award.still_needed is None else f", 还差 still needed {plain(award.still_needed)}"
            print(f"{award.title.zh}: {award.met} / {award.needs}{missing}")
    return 0
