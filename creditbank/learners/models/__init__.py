"""The tables of this room and their constraints. Nothing is decided here."""

from creditbank.learners.models.accounts import (
    Access,
    Attribute,
    Document,
    FormerName,
    Learner,
    LearnerKey,
    LearnerNumber,
)
from creditbank.learners.models.cases import Application, ClaimCode, Repair

__all__ = [
    "Access",
    "Application",
    "Attribute",
    "ClaimCode",
    "Document",
    "FormerName",
    "Learner",
    "LearnerKey",
    "LearnerNumber",
    "Repair",
]
