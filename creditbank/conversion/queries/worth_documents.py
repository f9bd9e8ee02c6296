"""What an archive is worth as JSON of the reference, for programs and the command line."""

from datetime import date

from creditbank.conversion.queries.worth import awards, worth
from creditbank.kernel.actor import Actor
from creditbank.kernel.credits import plain


def worth_document(actor: Actor, learner_id: int, *, day: date) -> dict[str, object]:
    """Return the same as the JSON of the reference: amounts as decimal texts, programmes and awards ranked."""
    return {
        "as_of": day.isoformat(),
        "programmes": [
            {
                "programme": each.programme_public_id,
                "name": {"zh": each.programme.zh, "en": each.programme.en},
                "institution": {"zh": each.institution.zh, "en": each.institution.en},
                "enrolled": each.enrolled,
                "credits": None if each.credits is None else plain(each.credits),
                "held": plain(each.held),
                "credits_required": plain(each.credits_required),
                "still_needed": None if each.missing is None else plain(each.missing),
                "refused": each.refusal and each.refusal.code,
                "editions": list(each.editions),
            }
            for each in worth(actor, learner_id, day=day)
        ],
        "awards": [
            {
                "award": each.target,
                "title": {"zh": each.title.zh, "en": each.title.en},
                "attained": each.attained,
                "needs": each.needs,
                "met": each.met,
                "still_needed": None if each.still_needed is None else plain(each.still_needed),
                "refused": each.refusal and each.refusal.code,
            }
            for each in awards(actor, learner_id, day=day)
        ],
    }
