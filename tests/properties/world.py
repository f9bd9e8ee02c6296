"""A small world in which every operation of the bank can be done once, and what must be done before each."""

from collections.abc import Callable
from functools import partial
from typing import Any

from creditbank.archive import operations as archive
from creditbank.archive.types import Ending
from creditbank.catalogue.types import (
    CourseKind,
    Nature,
    NewCertificationUnit,
    NewOccupation,
    NewProgramme,
    NewSpecification,
    ProgrammeCourse,
    RequirementGroup,
    Route,
    RouteNeed,
    SpecificationKind,
)
from creditbank.deposits import operations as deposits
from creditbank.deposits.models import Conflict, Named
from creditbank.deposits.types import Traces
from creditbank.enrolments import operations as enrolments
from creditbank.enrolments.types import EnrolmentRow
from creditbank.identity import operations as identity, queries as users
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach
from creditbank.kernel.permissions import Permission
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners
from creditbank.learners.errors import ShownDocumentDiffers
from creditbank.learners.providers import LocalTestProvider
from creditbank.learners.types import SignIn
from creditbank.organizations import operations as organizations
from tests.rooms.archive.conftest import NOW, SYSTEM, frame, posted, small_bank
from tests.rooms.deposits.intake.sheets import as_csv, table
from tests.rooms.learners.people import document

Act = Callable[..., Any]
EVERYTHING = tuple(Grant(permission, Reach(everywhere=True)) for permission in Permission)
WANG = Actor(ActorKind.STAFF, 2_000_000, "王芳", EVERYTHING)
FILE = as_csv(table({}))
PASSWORD = "slow-river-41"


def ready(*acts: Act) -> Act:
    """Do all acts but the last, and return the last."""
    *before, last = acts
    for act in before:
        act()
    return last


class World:
    """The bank of the archive's tests with one entry in the book."""

    def __init__(self) -> None:
        self.bank = small_bank()
        posted(self.bank, [self.bank.row()], reference="first")
        self.here: dict[str, Any] = {"actor": SYSTEM, "organization_id": self.bank.school, "now": NOW}
        self.one: dict[str, Any] = {**self.here, "learner_id": self.bank.learners[0]}

    def acts(self, *acts: Act, **given: Any) -> Act:
        """Do all acts but the last with what is given, and return the last; an act's own arguments go before."""
        return ready(*(partial(act, **{**given, **getattr(act, "keywords", {})}) for act in acts))

    def claim(self, *acts: Act) -> Act:
        return self.acts(*acts, actor=SYSTEM, key=self.bank.key(), scope="award:1", reference="case:1", now=NOW)

    def ended(self, act: Act) -> Act:
        self.ending()()
        return partial(act, actor=SYSTEM, reference="end", now=NOW)

    def ending(self) -> Act:
        endings = {self.bank.key(): Ending(reference="end", number="", reason="证书已撤销")}
        return partial(archive.end_entries, actor=SYSTEM, endings=endings, now=NOW)

    def posting(self) -> Any:
        return archive.begin_posting(**self.here, reference="second")

    def finish(self) -> Act:
        posting = self.posting()
        archive.post_many(actor=SYSTEM, posting=posting, frames=[frame([self.bank.row(1)])])
        given = {"actor": SYSTEM, "posting": posting, "file_digest": None, "now": NOW}
        return partial(archive.finish_posting, **given)

    @property
    def entering(self) -> tuple[Act, ...]:
        """What lets a batch enter the book."""
        approving = partial(deposits.review, actor=WANG, verdict=Verdict.APPROVE)
        return deposits.check, deposits.submit, approving, deposits.post

    def batch(self, *acts: Act) -> Act:
        batch = deposits.upload(**self.here, file_name="a.csv", content=FILE)
        return self.acts(*acts, actor=SYSTEM, public_id=batch.public_id, now=NOW)

    def upload(self, *acts: Act) -> Act:
        begun = deposits.start_upload(**self.here, file_name="a.csv", size=len(FILE))
        given = {"actor": SYSTEM, "public_id": begun.public_id, "now": NOW}
        deposits.add_piece(**given, offset=0, content=FILE)
        return self.acts(*acts, **given)

    def waiting(self, act: Act) -> Act:
        """Let a row of a batch wait for an account that the school may not open."""
        settings = {"opens_accounts": False, "registers_courses": False, "credits_tolerance": 0}
        organizations.set_depositing(**self.here, **settings)
        approve = partial(deposits.review, actor=WANG, verdict=Verdict.APPROVE)
        return self.batch(deposits.check, deposits.submit, approve, act)

    def conflict(self, act: Act) -> Act:
        """Let two schools say different things of a course of the first learner."""
        batch = deposits.upload(**self.here, file_name="a.csv", content=FILE)
        Conflict.objects.create(
            learner_id=self.bank.learners[0],
            batch_id=batch.id,
            row=2,
            organization_id=self.bank.school,
            specification_id=self.bank.courses[0],
            obtained=20260600,
            grade_scale=1,
            grade=9100,
            first_organization_id=self.bank.other_school,
            first_posting_id=1,
            first_grade_scale=1,
            first_grade=8600,
            key_id=1,
            since=NOW,
        )
        return partial(act, actor=SYSTEM, public_id=batch.public_id, row=2, item=0, now=NOW)

    def traces(self) -> Traces:
        found = [bytes(digest) for digest in Named.objects.values_list("digest", flat=True)]
        return Traces(digests=frozenset(found), names=frozenset(), studies=frozenset())

    def organization(self, *acts: Act) -> Act:
        return self.acts(*acts, actor=SYSTEM, organization_id=self.bank.other_school, now=NOW)

    def staff(self) -> int:
        made = identity.create_staff(**self.here, login="li.ming", name="李明", password=PASSWORD)
        return int(made.id)

    def user(self, *acts: Act) -> Act:
        return self.acts(*acts, **self.here, user_id=self.staff())

    def application(self, act: Act) -> Act:
        given = {"organization_id": self.bank.school, "name": "林晓岚", "document": document(9), "now": NOW}
        applied = learners.apply_for_account(**given, contact="13900000000")
        return partial(act, actor=SYSTEM, public_id=applied.public_id, now=NOW)

    def opened(self) -> Any:
        """Open one more account, and return its document."""
        self.newcomer()
        return document(9)

    def newcomer(self) -> dict[str, Any]:
        opened = learners.open_account(**self.here, name="林晓岚", document=document(9))
        self.latest = {**self.here, "learner_id": opened.learner_id}
        return self.latest

    def vouching(self) -> str:
        """Open one more account, and return what an identity provider says of its holder."""
        shown = self.opened()
        return learners.hold_vouching(
            actor=SYSTEM,
            provider=LocalTestProvider(),
            token=f"林晓岚/{shown.number}",
            state="state",
            asked_state="state",
            now=NOW,
        )

    def claimed(self) -> str:
        """Open one more account, let its holder claim it, and return its number."""
        shown = self.opened()
        sign_in = SignIn("13900000009", PASSWORD)
        made = learners.claim_at_counter(**self.latest, name="林晓岚", document=shown, sign_in=sign_in)
        return made.account_number

    def sign_in_of(self, act: Act) -> int:
        """Let a learner sign in, and return the learner."""
        learner_id: int = self.bank.learners[0]
        act(actor=SYSTEM, learner_id=learner_id, login="13900000009", name="张三", password=PASSWORD, now=NOW)
        return learner_id

    def holder(self, act: Act) -> Actor:
        """Let a learner sign in, and return the learner as one who acts."""
        learner_id = self.sign_in_of(act)
        user = users.learner_user(learner_id)
        assert user is not None
        return Actor(ActorKind.LEARNER, user.id, "张三", learner_id=learner_id)

    def repair(self, act: Act) -> Act:
        """Open a case of a person whose document differs from the account's, and return an act on it."""
        self.newcomer()
        try:
            sign_in = SignIn("13900000009", PASSWORD)
            learners.claim_at_counter(**self.latest, name="林晓岚", document=document(8), sign_in=sign_in)
        except ShownDocumentDiffers as refused:
            return partial(act, actor=SYSTEM, public_id=refused.details["repair"], now=NOW)
        raise AssertionError

    def code(self) -> str:
        """Return a claim code of the account opened last."""
        return learners.issue_claim_code(**self.latest).code

    def enrolment(self, act: Act) -> Act:
        row = self.enrolment_row()
        numbers = enrolments.confirm_many(**self.here, rows=[row], source="batch")
        return partial(act, actor=SYSTEM, learner_id=row.learner_id, number=numbers[row.key], now=NOW)

    def enrolment_row(self) -> EnrolmentRow:
        return EnrolmentRow(self.bank.learners[0], "2024060816", "护理", "85", "322", class_name="护理2403")

    def specification(self) -> NewSpecification:
        at = self.bank.school
        kind = SpecificationKind.CERTIFICATE
        return NewSpecification(kind=kind, name=Text("老年照护"), owner_id=at, issuer_id=at, level="初级")

    def programme(self) -> NewProgramme:
        course = ProgrammeCourse(self.bank.courses[0], Nature.REQUIRED, CourseKind.CORE, 300)
        return NewProgramme(
            organization_id=self.bank.school,
            code="HL",
            name=Text("护理"),
            credits_required=300,
            unit_id=1,
            level_code="85",
            category_code="321",
            groups=(RequirementGroup("A", Text("必修"), None, (course,)),),
        )

    def certification_unit(self) -> NewCertificationUnit:
        return NewCertificationUnit(
            owner_id=self.bank.school,
            code="U1",
            name=Text("老年照护"),
            level="初级",
            framework_level=None,
            credits=300,
            unit_id=1,
            specification_ids=(self.bank.courses[0],),
        )

    def occupation(self) -> NewOccupation:
        route = Route(Text("凭课程"), (RouteNeed(specification_id=self.bank.courses[0]),))
        nothing = Text("")
        return NewOccupation(self.bank.school, "4-10-01-05", Text("养老护理员"), nothing, nothing, (route,))
