"""A bank three levels deep with two sides that mirror each other, people in every role, and a mark on every object.

Places are letters: k the committee, z the centre, then on the east side b the branch and below it o an outlet,
s a school with c a college below it, g an expert group; the west side has the same in capitals.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue, queries as specifications
from creditbank.catalogue.types import (
    CourseKind,
    Nature,
    NewCertificationUnit,
    NewCourse,
    NewOccupation,
    NewProgramme,
    NewSpecification,
    ProgrammeCourse,
    RequirementGroup,
    Route,
    RouteNeed,
    SpecificationKind,
)
from creditbank.conversion import operations as conversion
from creditbank.deposits import operations as deposits
from creditbank.deposits.models import Batch
from creditbank.enrolments import operations as enrolments, queries as students
from creditbank.enrolments.types import ListKind
from creditbank.framework import operations as framework
from creditbank.identity import operations as identity, queries as users
from creditbank.kernel.actor import system
from creditbank.kernel.errors import Refusal
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.types import SignIn
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Extent, Organization, OrganizationKind as Kind, Role
from tests.pages import registered, tables
from tests.rooms.conversion.room import documents
from tests.rooms.deposits.sheets import Row, sheet
from tests.rooms.learners.people import document

NOW: Final = datetime.now(tz=UTC)
SYSTEM: Final = system("command-line")
SECOND: Final = system("second-person")
PASSWORD: Final = "slow-river-41"
EXTENTS: Final = {"": Extent.UNIT, "+": Extent.SUBTREE, "*": Extent.BANK}
TREE: Final = {
    "k": (None, Kind.COMMITTEE, "总会", "YJ-K"),
    "z": ("k", Kind.CENTRE, "中心", "YJ-Z"),
    "b": ("z", Kind.BRANCH, "东分", "YJ-EB"),
    "o": ("b", Kind.OUTLET, "东网", "YJ-EO"),
    "s": ("b", Kind.INSTITUTION, "东大", "4131019001"),
    "c": ("s", Kind.INSTITUTION, "东院", "4131019002"),
    "g": ("b", Kind.EXPERT_GROUP, "东专", "YJ-EG"),
    "B": ("z", Kind.BRANCH, "西分", "YJ-WB"),
    "O": ("B", Kind.OUTLET, "西网", "YJ-WO"),
    "S": ("B", Kind.INSTITUTION, "西大", "4131019003"),
    "C": ("S", Kind.INSTITUTION, "西院", "4131019004"),
    "G": ("B", Kind.EXPERT_GROUP, "西专", "YJ-WG"),
}
SCHOOLS: Final = "scSC"
COUNTERS: Final = "oscOSC"
LEARNERS: Final = {"a": ("甲学东", "o", "13900000001"), "A": ("乙学西", "O", "13900000002")}


@dataclass(frozen=True)
class Thing:
    """One object: where it belongs, what names it on a page and nowhere else, and the numbers that lead to it."""

    kind: str
    place: str
    marks: tuple[str, ...]
    ids: dict[str, Any] = field(default_factory=dict)


class World:
    """Everything is made by operations; `things` are all marked objects, `people` the actors' signed-in browsers."""

    def __init__(self) -> None:
        self.places: dict[str, Organization] = {}
        self.things: list[Thing] = []
        self.people: dict[str, Client] = {}
        self.papers = iter(range(1, 900))
        self.documents: dict[str, Any] = {}
        self.learner_ids: dict[str, int] = {}
        for letter in TREE:
            self._open(letter)
        framework.publish_examples(actor=SYSTEM, now=NOW)
        for make, where in (
            (self._learner, LEARNERS),
            (self._member, TREE),
            (self._school, SCHOOLS),
            (self._account, COUNTERS),
            (self._repair, COUNTERS),
            (self._application, "oO"),
            (self._client, "boscBOSC"),
            (self._draft, SCHOOLS),
            (partial(registered.fill, self), SCHOOLS),
            (self._entries, LEARNERS),
        ):
            for each in where:
                make(each)
        self._sign_in_everybody()

    def of(self, kind: str) -> Iterator[Thing]:
        return (thing for thing in self.things if thing.kind == kind)

    def id(self, place: str) -> int:
        return self.places[place].id

    def desk(self, who: str) -> str:
        """Return the public id of the place where somebody works; the committee's people sit in the centre."""
        post = who.rpartition(" ")[2][0].replace("k", "z")
        return self.places[post].public_id if post in self.places else ""

    def _add(self, kind: str, place: str, *marks: str, **ids: Any) -> None:
        self.things.append(Thing(kind, place, marks, ids))

    def _at(self, place: str) -> dict[str, Any]:
        return {"actor": SYSTEM, "organization_id": self.id(place), "now": NOW}

    def _open(self, letter: str) -> None:
        parent, kind, word, code = TREE[letter]
        name = f"云江{word}机构"
        self.places[letter] = made = organizations.open_organization(
            actor=SYSTEM,
            parent_id=self.id(parent) if parent else None,
            code=code,
            kind=kind,
            name=Text(name, f"Unit {code}."),
            now=NOW,
        )
        self._add("organization", letter, name, code, f"Unit {code}.", made.public_id, public_id=made.public_id)

    def _paper(self) -> Any:
        return document(next(self.papers))

    def _learner(self, key: str) -> None:
        """Open an account at an outlet and let its holder claim it."""
        name, outlet, phone = LEARNERS[key]
        self.documents[key] = self._paper()
        opened = learners.open_account(**self._at(outlet), name=name, document=self.documents[key])
        sign_in = SignIn(login=phone, password=PASSWORD)
        learners.claim_at_counter(
            **self._at(outlet),
            learner_id=opened.learner_id,
            name=name,
            document=self.documents[key],
            sign_in=sign_in,
        )
        self.learner_ids[key] = opened.learner_id
        user = users.learner_user(opened.learner_id)
        self._add(
            "account",
            outlet,
            name,
            opened.account_number,
            phone,
            number=opened.account_number,
            claimed=True,
            name=name,
            holder=key,
        )
        paper = self.documents[key]
        self._add("sign-in", key, user.public_id, number=opened.account_number, document=paper)
        self.people[f"learner {key}"] = self._browser(user.id)

    def _member(self, place: str) -> None:
        """Let an auditor work here who does nothing but be seen."""
        word = TREE[place][2]
        name, login = f"阿{word}", f"watch.{TREE[place][3].lower()}"
        user = self._staff(place, login, name)
        held = organizations.appoint(**self._at(place), user_id=user.id, role=Role.AUDITOR)
        ids = {"public_id": self.places[place].public_id, "user": user.public_id, "membership": held.id}
        self._add("member", place, name, login, user.public_id, **ids)

    def _staff(self, place: str, login: str, name: str) -> Any:
        return identity.create_staff(
            **self._at(place), login=login, name=name, password=PASSWORD, must_change_password=False
        )

    def _school(self, place: str) -> None:
        """Give a school a class, courses in the catalogue, and a batch at each interesting stage."""
        word, at = TREE[place][2], self._at(place)
        self._class(place)
        pending = f"待认课{word}"
        courses = catalogue.propose_courses(**at, courses=[NewCourse(name=pending, credits=300)])
        [proposed] = specifications.by_ids(courses.values()).values()
        self._add("proposal", place, pending, proposed.public_id, id=proposed.id, public_id=proposed.public_id)
        self._specification(place)
        for number, stage in enumerate(("posted", "reported", "submitted", "returned", "failed")):
            self._batch(place, stage, f"0{number + 1}")

    def _specification(self, place: str) -> None:
        name = f"已认课{TREE[place][2]}"
        new = NewSpecification(
            kind=SpecificationKind.COURSE,
            name=Text(name),
            owner_id=self.id(place),
            issuer_id=self.id(place),
            credits=400,
            unit_id=1,
            hours=6400,
        )
        made = catalogue.define_specification(actor=SYSTEM, new=new, now=NOW)
        self._add("specification", place, name, made.public_id, public_id=made.public_id)
        self._programme(place, made.id)

    def _programme(self, place: str, course: int) -> None:
        """Publish a programme and a certification unit of one recognised course."""
        owner, word = self.id(place), TREE[place][2]
        asked = ProgrammeCourse(course, Nature.REQUIRED, CourseKind.CORE, 400)
        group = RequirementGroup("all", Text("全部"), None, (asked,))
        new = NewProgramme(owner, f"PR{ord(place)}", Text(f"方案{word}"), 400, 1, "85", "322", (group,))
        programme = catalogue.define_programme(actor=SYSTEM, new=new, now=NOW)
        ids = {"public_id": programme.public_id, "school": self.places[place].code, "code": new.code}
        self._add("programme", place, f"方案{word}", programme.public_id, **ids)
        parts = NewCertificationUnit(owner, f"CU{ord(place)}", Text(f"单元{word}"), "", None, 200, 2, (course,))
        unit = catalogue.define_certification_unit(actor=SYSTEM, new=parts, now=NOW)
        self._add("unit", place, f"单元{word}", unit.public_id, public_id=unit.public_id)
        routes = (Route(Text("读方案"), (RouteNeed(programme_id=programme.id),)),)
        code, name, nothing = f"4-99-{ord(place) % 100:02d}-01", Text(f"职业{word}"), Text("")
        job = NewOccupation(owner, code, name, nothing, nothing, routes)
        made = catalogue.define_occupation(actor=SYSTEM, new=job, now=NOW)
        self._add("occupation", place, f"职业{word}", made.public_id, public_id=made.public_id)

    def _draft(self, place: str) -> None:
        """Begin a rule book of a school."""
        here, word = self.places[place], TREE[place][2]
        owner = {"name": {"zh": "本校"}, "code": here.code}
        asked = {"is": "credits", "at_least": "3", "unit": "cn.he.credit"}
        rule = documents.rule() | {"from": {"one": [asked]}}
        document = documents.book(f"rb/{ord(place)}", owner=owner, title={"zh": f"草规{word}"}, rules=[rule])
        made = conversion.start_draft(actor=SYSTEM, owner_id=here.id, document=document, now=NOW)
        self._add("draft", place, f"草规{word}", made.public_id, public_id=made.public_id, number=0, digest=made.digest)

    def _class(self, place: str) -> None:
        """Load a class of three: one newcomer, and both learners, who study at every school."""
        word, paper, code = TREE[place][2], self._paper(), f"ST{ord(place)}"
        rows = [(f"{code}9", f"学{word}", paper.number)]
        rows += [(f"{code}{n}", LEARNERS[key][0], self.documents[key].number) for n, key in enumerate(LEARNERS)]
        lines = [
            "学号,姓名,身份证号,专业,层次,类别,班级",
            *(f"{n},{name},{d},护理,本科,普通,班{word}" for n, name, d in rows),
            f"{code}8,无名,1,护理,本科,普通,班{word}",
        ]
        told = {"kind": ListKind.STUDENTS, "content": "\n".join(lines).encode()}
        loaded = enrolments.take_list_at_once(**self._at(place), **told, file_name=f"名册{word}.csv")
        assert loaded.taken == 3, loaded
        waiting = enrolments.hand_in(**self._at(place), **told, file_name=f"又一份{word}.csv")
        for each in (loaded, waiting):
            ids = {"public_id": each.public_id, "stage": each.stage.value}
            self._add("list", place, each.file_name, each.public_id, **ids)
        found = accounts.find_by_documents([paper])[paper]
        ids = {"number": found.account_number, "claimed": False, "name": f"学{word}", "document": paper}
        self._add("account", place, f"学{word}", found.account_number, **ids)
        for student, learner_id in ((rows[0][0], found.learner_id), *zip_students(rows[1:], self.learner_ids)):
            [held] = [e for e in students.by_learner(learner_id) if e.student_number == student]
            number = accounts.by_id(learner_id).account_number
            self._add("enrolment", place, student, f"班{word}", account=number, number=held.number)

    def _batch(self, place: str, stage: str, obtained: str) -> None:
        word, title = TREE[place][2], f"批{TREE[place][2]}{stage}"
        row = Row(course=f"已认课{word}")
        good = [
            row.but(name=LEARNERS[key][0], document=self.documents[key].number, obtained=f"{year}{obtained}")
            for key, year in zip(LEARNERS, (2024, 2023), strict=True)  # an entry's address does not name its holder
        ]
        bad = row.but(name=f"拒{word}", document=self._paper().number, grade="不及第")
        file = f"rows-{ord(place)}-{stage}.csv"
        made = deposits.upload(**self._at(place), file_name=file, content=sheet(*good, bad), title=title)
        moves = [(SYSTEM, deposits.check, {})]
        if stage != "reported":
            moves.append((SYSTEM, deposits.submit, {}))
        if stage in {"posted", "returned", "failed"}:
            verdict = Verdict.RETURN if stage == "returned" else Verdict.APPROVE
            moves.append((SECOND, deposits.review, {"verdict": verdict, "note": f"注{word}"}))
        if stage == "posted":
            moves.append((SYSTEM, deposits.post, {}))
        given_back = {}
        for actor, move, given in moves:
            if stage == "returned" and move is deposits.review:
                given_back = self._original(made.public_id, f"{title} {file} 拒{word} {made.public_id}")
            reached = move(actor=actor, public_id=made.public_id, now=NOW, **given)
        if stage == "failed":  # as three tries leave it
            Batch.objects.filter(id=made.id).update(stage=stage, attempts=3)
        assert reached.stage == {"failed": "approved"}.get(stage, stage), reached
        assert reached.counts.refused_rows == 1
        ids = {"public_id": made.public_id, "stage": stage, **given_back}
        self._add("batch", place, title, file, f"拒{word}", made.public_id, **ids)

    @staticmethod
    def _original(public_id: str, words: str) -> dict[str, int]:
        """Let the second person ask for the original of a row, and the school give a file with these words."""
        at = {"public_id": public_id, "now": NOW}
        asked = deposits.ask_original(actor=SECOND, row=2, question="请给成绩单", **at)
        file = {"file_name": "original.pdf", "content": b"%PDF-" + words.encode()}
        deposits.give_original(actor=SYSTEM, number=asked.id, answer="见附件", **file, **at)
        return {"number": asked.id}

    def _account(self, place: str) -> None:
        name, paper = f"户{TREE[place][2]}", self._paper()
        made = learners.open_account(**self._at(place), name=name, document=paper)
        ids = {"number": made.account_number, "claimed": False, "name": name, "document": paper}
        self._add("account", place, name, made.account_number, **ids)

    def _repair(self, place: str) -> None:
        """Let somebody claim an account under another name."""
        word, paper = TREE[place][2], self._paper()
        made = learners.open_account(**self._at(place), name=f"核{word}", document=paper)
        sign_in = SignIn(login="13900000099", password=PASSWORD)
        with suppress(Refusal):
            learners.claim_at_counter(
                **self._at(place), learner_id=made.learner_id, name=f"改{word}", document=paper, sign_in=sign_in
            )
        [case] = [case for case, owner in accounts.open_repairs(actor=SYSTEM) if owner.learner_id == made.learner_id]
        partner = next(thing for thing in self.of("account") if thing.marks[0] == f"户{word}").ids["number"]
        ids = {"number": made.account_number, "claimed": False, "name": f"核{word}", "document": paper}
        ids |= {"partner": partner}
        self._add("account", place, f"核{word}", made.account_number, **ids)
        self._add("repair", place, f"改{word}", case.public_id, public_id=case.public_id)

    def _application(self, place: str) -> None:
        name = f"申{TREE[place][2]}"
        sent = learners.apply_for_account(
            organization_id=self.id(place), name=name, document=self._paper(), contact="13900000098", now=NOW
        )
        self._add("application", place, name, sent.public_id, public_id=sent.public_id)

    def _client(self, place: str) -> None:
        name = f"接口{TREE[place][2]}"
        made, key = identity.create_client(
            **self._at(place), name=name, reads_worth=place in SCHOOLS, hands_in=place in SCHOOLS
        )
        ids = {"client": made.public_id, "organization": self.places[place].public_id}
        self._add("client", place, name, made.public_id, made.prefix, key, key=key, **ids)

    def _entries(self, key: str) -> None:
        found = archive.archive_of(actor=SYSTEM, learner_id=self.learner_ids[key])
        assert len(found) == len(SCHOOLS)
        for each in found:
            self._add("entry", key, each.address, key=each.address)

    def _browser(self, user_id: int) -> Client:
        browser = Client()
        browser.force_login(get_user_model().objects.get(pk=user_id))
        return browser

    def _sign_in_everybody(self) -> None:
        self.people["nobody"] = Client()
        key = next(each for each in self.of("client") if each.place == "s").ids["key"]
        self.people["program"] = Client(HTTP_AUTHORIZATION=f"Bearer {key}", HTTP_X_API_KEY=key)
        for number, who in enumerate(tables.STAFF):
            role, post = who.split()
            user = self._staff(post[0], f"clerk.{number}", f"职{number}")
            organizations.appoint(**self._at(post[0]), user_id=user.id, role=Role(role), extent=EXTENTS[post[1:]])
            self.people[who] = self._browser(user.id)


def zip_students(rows: list[tuple[str, str, str]], learner_ids: dict[str, int]) -> Iterator[tuple[str, int]]:
    return zip((student for student, _, _ in rows), learner_ids.values(), strict=True)


def demo() -> Any:
    """Return the settings of a bank in which staff need no second factor."""
    return replace(settings.ENVIRONMENT, demo=True)
