"""Reading rule books and what they are worth: frozen rows, ordered down to a unique column."""

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
from creditbank.conversion.queries.drafts import adoption, blank, next_edition
from creditbank.conversion.queries.files import BookFile, file_of, read_file, read_text, template, yaml_of
from creditbank.conversion.queries.reviewing import Review, drafted_cases, effective_rule, review
from creditbank.conversion.queries.showing import book_shown, changes, published_shown, rule_shown
from creditbank.conversion.queries.trying import trial
from creditbank.conversion.queries.ways import from_source, pathways, ruling_digest, ruling_text, to_target
from creditbank.conversion.queries.worth import (
    answer,
    awards,
    books_for,
    check_target,
    check_wishes,
    goal,
    holdings,
    simulated,
    worth,
)
from creditbank.conversion.queries.worth_documents import worth_document
from creditbank.conversion.told import Answer, Pathways

__all__ = [
    "Answer",
    "BookFile",
    "Pathways",
    "Review",
    "Ruling",
    "adoption",
    "answer",
    "audit",
    "award",
    "awards",
    "blank",
    "book_shown",
    "books_for",
    "changes",
    "check_target",
    "check_wishes",
    "details",
    "drafted_cases",
    "effective_rule",
    "export",
    "file_of",
    "from_source",
    "goal",
    "holdings",
    "in_force",
    "listing",
    "may_read",
    "next_edition",
    "owners",
    "parsed",
    "pathways",
    "published_shown",
    "read_file",
    "read_text",
    "review",
    "rule_shown",
    "ruling_digest",
    "ruling_text",
    "simulated",
    "template",
    "to_target",
    "trial",
    "waiting",
    "works_on",
    "worth",
    "worth_document",
    "yaml_of",
]
