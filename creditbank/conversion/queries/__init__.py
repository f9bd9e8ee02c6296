"""Reading rule books and what they are worth: frozen rows, ordered down to a unique column."""

from creditbank.conversion.planning import within
from creditbank.conversion.queries.adopting import effective_cap, effective_rule
from creditbank.conversion.queries.audits import audit, award
from creditbank.conversion.queries.books import (
    Ruling,
    details,
    export,
    in_force,
    listing,
    may_read,
    owners,
    parsed,
    waiting,
    works_on,
)
from creditbank.conversion.queries.drafts import adoption, agreed, blank, next_edition
from creditbank.conversion.queries.files import BookFile, file_of, forms_of, read_file, read_text, template, yaml_of
from creditbank.conversion.queries.handing import edition_of, next_step, review_document, standing
from creditbank.conversion.queries.held import holdings
from creditbank.conversion.queries.jobs import awards_on_offer, job
from creditbank.conversion.queries.previews import compared, left_lying, may_be_tried, preview, preview_value
from creditbank.conversion.queries.reaching import learner_within
from creditbank.conversion.queries.recalling import recalled, replay, simulated_problem
from creditbank.conversion.queries.reviewing import Review, drafted_cases, review, tryable
from creditbank.conversion.queries.showing import book_shown, cap_shown, changes, published_shown, rule_shown
from creditbank.conversion.queries.showing_cases import case_tried, drafted_shown, named_in, reasons
from creditbank.conversion.queries.trying import next_slice, trying_of
from creditbank.conversion.queries.ways import from_source, pathways, ruling_digest, ruling_text, to_target
from creditbank.conversion.queries.worth import (
    aims,
    answer,
    awards,
    books_for,
    check_target,
    check_wishes,
    goal,
    simulated,
    worth,
)
from creditbank.conversion.queries.worth_documents import worth_document
from creditbank.conversion.told import Answer, Job, Pathways, Way
from creditbank.conversion.vocabulary import named

__all__ = [
    "Answer",
    "BookFile",
    "Job",
    "Pathways",
    "Review",
    "Ruling",
    "Way",
    "adoption",
    "agreed",
    "aims",
    "answer",
    "audit",
    "award",
    "awards",
    "awards_on_offer",
    "blank",
    "book_shown",
    "books_for",
    "cap_shown",
    "case_tried",
    "changes",
    "check_target",
    "check_wishes",
    "compared",
    "details",
    "drafted_cases",
    "drafted_shown",
    "edition_of",
    "effective_cap",
    "effective_rule",
    "export",
    "file_of",
    "forms_of",
    "from_source",
    "goal",
    "holdings",
    "in_force",
    "job",
    "learner_within",
    "left_lying",
    "listing",
    "may_be_tried",
    "may_read",
    "named",
    "named_in",
    "next_edition",
    "next_slice",
    "next_step",
    "owners",
    "parsed",
    "pathways",
    "preview",
    "preview_value",
    "published_shown",
    "read_file",
    "read_text",
    "reasons",
    "recalled",
    "replay",
    "review",
    "review_document",
    "rule_shown",
    "ruling_digest",
    "ruling_text",
    "simulated",
    "simulated_problem",
    "standing",
    "template",
    "to_target",
    "tryable",
    "trying_of",
    "waiting",
    "within",
    "works_on",
    "worth",
    "worth_document",
    "yaml_of",
]
