"""A bank made as a case wants it, and what it says of the case's file: only through its public operations."""

import io

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewCourse
from creditbank.deposits import operations
from creditbank.kernel.documents import Document, kind_by_form
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners, queries as accounts
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM


def stream(content):
    """Return a file as the operations take it."""
    return io.BytesIO(content)


def school(case):
    """Open the case's school in a bank of its own: with its courses, its earlier deposit, its closed accounts."""
    root = organizations.open_organization(
        actor=SYSTEM, parent_id=None, code="YJ", kind=OrganizationKind.COMMITTEE, name=Text("管理委员会"), now=NOW
    )
    here = organizations.open_organization(
        actor=SYSTEM,
        parent_id=root.id,
        code="4131012044",
        kind=OrganizationKind.INSTITUTION,
        name=Text("测试学校"),
        now=NOW,
    )
    new = [NewCourse(name=course.name, credits=course.credits, hours=course.hours) for course in case.courses]
    at = {"actor": SYSTEM, "organization_id": here.id, "now": NOW}
    if new:
        catalogue.propose_courses(**at, courses=new)
    if case.earlier:
        before = operations.deposit_at_once(**at, file_name="earlier.csv", content=stream(case.earlier)).batch
        assert before.counts.kept == before.counts.rows
    for number in case.closed:
        learners.close(**at, learner_id=learner(number), reason="本人申请")
    organizations.set_depositing(**at, **case.depositing)
    return here.id


def learner(number):
    """Return whose account a document leads to."""
    document = Document(kind_by_form(number), number)
    return accounts.find_by_documents([document])[document].learner_id


def looked_at(case, organization_id):
    """Return what a dry run says: the counts, and row, column and reason of what it refuses."""
    found = operations.dry_run(
        actor=SYSTEM,
        organization_id=organization_id,
        file_name=case.name,
        content=stream(case.content),
        today=NOW.date(),
    )
    return found.report.counts, list(found.refused.sort("row").select("row", "heading", "code").iter_rows())


def deposited(case, organization_id):
    """Let the file enter the book, and return the same of the batch's report."""
    report = operations.deposit_at_once(
        actor=SYSTEM, organization_id=organization_id, file_name=case.name, content=stream(case.content), now=NOW
    )
    assert report.batch.refusal_code == "", report.batch.refusal_zh
    return report.batch.counts, [(line.row, line.column, line.code) for line in report.refused]


def book(case):
    """Return what the archive holds of everybody in the case."""
    found = {}
    for number in case.book:
        entries = archive.archive_of(actor=SYSTEM, learner_id=learner(number))
        found[number] = sorted((each.name.zh, each.entry.key.obtained, each.entry.credits) for each in entries)
    return found
