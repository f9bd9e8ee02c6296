"""`creditbank worth`: what the archive of one account frees, as the API tells its holder."""

from datetime import UTC, datetime

from django.utils import timezone

from creditbank.cli import surroundings
from creditbank.cli.ruling import print_json, refused
from creditbank.kernel.actor import system
from creditbank.kernel.credits import plain
from creditbank.kernel.errors import Refusal


def worth(*, account: str, as_json: bool) -> int:
    """Print the worth of an account in every programme and towards every award; 1 where there is no such account."""
    with surroundings.bank():
        from creditbank.conversion import queries
        from creditbank.learners import queries as learners

        actor, day = system("command-line"), timezone.localdate(datetime.now(tz=UTC))
        try:
            learner = learners.by_account_number("".join(account.split()))
            if as_json:
                print_json(queries.worth_document(actor, learner.learner_id, day=day))
                return 0
            for each in queries.worth(actor, learner.learner_id, day=day):
                if each.refusal is not None or each.credits is None:
                    print(f"{each.institution.zh} {each.programme.zh}: {each.refusal and each.refusal.sentence('zh')}")
                    continue
                amounts = f"{plain(each.credits)} + {plain(each.held)} / {plain(each.credits_required)}"
                print(f"{each.institution.zh} {each.programme.zh}: {amounts} {each.unit.zh}")
        except Refusal as refusal:
            return refused(refusal)
    return 0
