"""Filling an empty bank: the house, then the files of its schools through the pipeline, then people at counters."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from creditbank.cli import (
    demo_certificates,
    demo_house,
    demo_occupations,
    demo_passwords,
    demo_register,
    demo_rules,
    demo_studies,
    demo_tables,
)
from creditbank.cli.demo_house import BUILDER, PASSWORD, House
from creditbank.cli.demo_studies import Fate, Plan, Sheet
from creditbank.cli.engine_account import EngineProblem
from creditbank.deposits import operations as deposits
from creditbank.deposits.types import Batch
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.review import Verdict
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.errors import ClaimNeedsRepair
from creditbank.learners.types import IssuedCode, OpenedThrough, PriorityGroup, SignIn
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Role

LEARNERS_MIN: Final = 10
OUTSIDE: Final = 3
DAYS_OPEN: Final = 90
DAYS_DEPOSITING: Final = 60
DAYS_CERTIFYING: Final = 12
DAYS_REGISTERING: Final = 8
DAYS_RULING: Final = 10
OUTLET: Final = "YJ-WT-01"
CLERK: Final = "wu.meihua"
REGISTRARS: Final = ("luo.min", "song.jie", "luo.min")
NOBODY: Final = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")
#: Telephone numbers that begin with 000 belong to nobody. Each goes with the person of `CHOSEN` in its place.
LEARNER_LOGINS: Final = ("00055510001", "00055510002", "00055510003")
LEARNER_PARTS: Final = (
    ("学员：专科毕业后在开放大学续读，成果来自两所学校", "Learner with achievements of two schools"),
    ("学员：车辆工程专业2026届毕业生", "Learner, graduated in vehicle engineering in 2026"),
    ("学员：在校生", "Learner, still enrolled"),
)
SHOWN_STAFF: Final = (
    "he.wei", "lu.siyuan", "luo.min", "xu.jing", "wu.meihua", "wang.xiaoli", "lin.yuqing", "shen.ruolan", "zhou.min",
    "jia.nan", "xia.qing",
)  # fmt: skip
SHOWN_LEARNERS: Final = 2

Say = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody whom a visitor may sign in as; the sign-in page reads exactly these fields."""

    login: str
    password: str
    name: str
    part_zh: str
    part_en: str


@dataclass(frozen=True, slots=True)
class Slip:
    """A printed claim code that waits for its holder, with what the holder would state."""

    account_number: str
    code: str
    name: str
    document: str


@dataclass(frozen=True, slots=True)
class Built:
    """What a visitor is told, and what was done: sheets with the batches they became, and how many certificates."""

    people: tuple[Shown, ...]
    slip: Slip
    batches: tuple[tuple[Sheet, Batch], ...]
    certificates: int


def is_empty(*, now: datetime) -> bool:
    """Say whether the bank has neither organizations nor accounts."""
    return not organizations.roots() and not accounts.listing(actor=BUILDER, now=now).total


def quiet(zh: str, en: str) -> None:
    """Say nothing."""


@demo_passwords.hashed_once()
def build(*, learners: int, seed: int, now: datetime, say: Say = quiet) -> Built:
    """Fill the bank with so many learners, as if it had opened ninety days ago, and return what to tell.

    Refused: fewer than ten learners, a bank that is not empty.
    """
    if learners < LEARNERS_MIN:
        raise EngineProblem(
            f"示范银行至少要有{LEARNERS_MIN}名学员。请把 LEARNERS 调大。",
            f"A demo bank has at least {LEARNERS_MIN} learners. Ask for more with LEARNERS.",
        )
    if not is_empty(now=now):
        raise EngineProblem(
            "这家银行里已有机构或账户，示范数据只填入空的银行。换一个数据文件夹再试：CREDITBANK_DATA=…",
            "This bank has organizations or accounts; demo data only enters an empty one. "
            "Use another data folder: CREDITBANK_DATA=…",
        )
    say("建立机构、人员和名录……", "organizations, staff and the catalogue …")
    house = demo_house.build(now=now - timedelta(days=DAYS_OPEN))
    # Of those outside the schools one only applies, so that the bank has as many accounts as were asked for.
    plan = demo_studies.plan(learners=learners + 1, outside=OUTSIDE, seed=seed)
    demo_certificates.define_examinations(house, now=now - timedelta(days=DAYS_OPEN))
    batches = _deposits(house, plan, now, say)
    say("证书与规则书……", "certificates and rule books …")
    certificates = demo_certificates.post_certificates(house, plan, now=now - timedelta(days=DAYS_CERTIFYING))
    demo_register.fill(house, plan, now=now - timedelta(days=DAYS_REGISTERING))
    demo_rules.publish(house, now=now - timedelta(days=DAYS_RULING))
    demo_occupations.publish(house, now=now - timedelta(days=DAYS_RULING))
    say("柜台业务……", "people at counters …")
    _at_the_outlet(house, plan, now)
    slip = _claims(house, plan, now)
    demo_occupations.set_goal(LEARNER_LOGINS[1], now=now - timedelta(days=1))
    return Built(people=_shown(plan), slip=slip, batches=tuple(batches), certificates=certificates)


def _deposits(house: House, plan: Plan, now: datetime, say: Say) -> list[tuple[Sheet, Batch]]:
    done: list[tuple[Sheet, Batch]] = []
    sheets = chain(demo_studies.sheets(plan), [demo_certificates.examinations(plan)])
    for place, sheet in enumerate(sheets):
        say(f"存入 {sheet.school} {sheet.title}：{sheet.rows:,} 行", f"{sheet.rows:,} rows")
        # Two days apart, the last ones of these days; a bank of any size is done before today.
        days = max(1, DAYS_DEPOSITING - 2 * place) if sheet.fate is Fate.POST else 1
        done.append((sheet, deposit(house, sheet, now - timedelta(days=days))))
    return done


def deposit(house: House, sheet: Sheet, now: datetime) -> Batch:
    """Take one file as far as it goes, each step by the person whose step it is, minutes apart."""
    officer = house.actor(house.holder(Role.DEPOSIT_OFFICER, at=sheet.school), now=now)
    batch = deposits.upload(
        actor=officer,
        organization_id=house.places[sheet.school].id,
        file_name=sheet.file_name,
        content=sheet.content,
        title=sheet.title,
        now=now,
    )
    number = batch.public_id
    batch = deposits.check(actor=BUILDER, public_id=number, now=now + timedelta(minutes=1))
    if sheet.fate in {Fate.UNREADABLE, Fate.REPORT}:
        return batch
    batch = deposits.submit(actor=officer, public_id=number, now=now + timedelta(minutes=20))
    if sheet.fate is Fate.SUBMIT:
        return batch
    approver = house.actor(house.holder(Role.DEPOSIT_APPROVER, at=sheet.school), now=now)
    deposits.review(actor=approver, public_id=number, verdict=Verdict.APPROVE, now=now + timedelta(hours=2))
    return deposits.post(actor=BUILDER, public_id=number, now=now + timedelta(hours=2, minutes=1))


def _at_the_outlet(house: House, plan: Plan, now: datetime) -> None:
    """Let one person apply, open accounts for two, and have one of them claim with a name that does not fit."""
    waiting, accepted, misspelt = plan.outside
    clerk, outlet = house.actor(CLERK, now=now), house.places[OUTLET].id
    for person, days in ((accepted, 9), (waiting, 1)):
        at = now - timedelta(days=days)
        application = learners.apply_for_account(
            organization_id=outlet, name=person.name, document=person.document, contact="000-5551-2000", now=at
        )
        if person is accepted:
            opened = learners.accept_application(
                actor=clerk, public_id=application.public_id, now=at + timedelta(hours=3)
            )
            learners.set_attribute(
                actor=clerk,
                organization_id=outlet,
                learner_id=opened.learner_id,
                group=PriorityGroup.VETERAN,
                now=at + timedelta(hours=3),
            )
    account = learners.open_account(
        actor=clerk,
        organization_id=outlet,
        name=misspelt.name,
        document=misspelt.document,
        through=OpenedThrough.OUTLET,
        now=now - timedelta(days=5),
    )
    code = learners.issue_claim_code(
        actor=clerk, organization_id=outlet, learner_id=account.learner_id, now=now - timedelta(days=5)
    )
    with contextlib.suppress(ClaimNeedsRepair):
        learners.claim_with_code(
            actor=NOBODY,
            code=code.code,
            name=f"{misspelt.name}儿",
            document=misspelt.document,
            sign_in=SignIn("00055512001", PASSWORD),
            now=now - timedelta(days=2),
        )


def _claims(house: House, plan: Plan, now: datetime) -> Slip:
    """Let the first people of the plan claim their accounts, and print a code for the next."""
    chosen = list(dict.fromkeys(study.person for study in plan.studies))[: len(demo_studies.CHOSEN)]
    found = accounts.find_by_documents([person.document for person in chosen])

    def issued(place: int, registrar: str, at: datetime) -> IssuedCode:
        clerk = house.actor(registrar, now=at)
        school = demo_studies.programmes()[demo_studies.CHOSEN[place][0]].school
        learner_id = found[chosen[place].document].learner_id
        return learners.issue_claim_code(
            actor=clerk, organization_id=house.places[school].id, learner_id=learner_id, now=at
        )

    for place, (login, registrar) in enumerate(zip(LEARNER_LOGINS, REGISTRARS, strict=True)):
        at = now - timedelta(days=7 - place)
        learners.claim_with_code(
            actor=NOBODY,
            code=issued(place, registrar, at).code,
            name=chosen[place].name,
            document=chosen[place].document,
            sign_in=SignIn(login, PASSWORD),
            now=at + timedelta(hours=1),
        )
    last = len(LEARNER_LOGINS)
    code = issued(last, REGISTRARS[0], now)
    return Slip(
        account_number=code.account_number, code=code.code, name=code.name, document=chosen[last].document.number
    )


def _shown(plan: Plan) -> tuple[Shown, ...]:
    """Return the few people that the sign-in page offers."""
    staff = {row.login: row for row in demo_tables.staff()}
    named = {row.code: row.name for row in demo_tables.organizations()}
    offered = [
        Shown(
            login=row.login,
            password=PASSWORD,
            name=row.name,
            part_zh=f"{named[row.organization].zh}，{row.post.zh}",
            part_en=f"{named[row.organization].en}: {row.post.en}",
        )
        for row in (staff[login] for login in SHOWN_STAFF)
    ]
    chosen = list(dict.fromkeys(study.person for study in plan.studies))[:SHOWN_LEARNERS]
    offered += [
        Shown(login=login, password=PASSWORD, name=person.name, part_zh=part[0], part_en=part[1])
        for login, person, part in zip(LEARNER_LOGINS, chosen, LEARNER_PARTS, strict=False)
    ]
    return tuple(offered)
