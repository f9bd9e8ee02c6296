"""The command line: `creditbank run`, `deposit`, `demo`, `keys`, `manage` and their kin."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from creditbank.cli.engine_account import EngineProblem

_REFUSED: Final = "1 被拒绝，说明理由 / refused, and why; 2 打不开文件 / a file cannot be read."
FILE_ENDS: Final = f"退出码 / exit code: 0 完成 / done; {_REFUSED}"
WORTH_ENDS: Final = "退出码 / exit code: 0 完成 / done; 1 没有这个账户 / there is no such account."
CHECK_ENDS: Final = (
    "退出码 / exit code: 0 可以公布 / it may be published; 1 还不能 / it may not; "
    "2 打不开文件 / the file cannot be read."
)
PUBLISH_ENDS: Final = (
    f"退出码 / exit code: 0 已发布 / it is published; 3 在等审读或公示 / it waits for readings or notice; {_REFUSED}"
)
PUBLISHES: Final = (
    "让规则走向发布：交来草稿、请人审读；审读与公示过后，再用同一文件来发布 / take a rule book towards publication: "
    "hand it in and ask for its readings; after these and the public notice, the same command with the same file "
    "publishes it"
)


def _run(options: argparse.Namespace) -> int:
    from creditbank.cli import serving  # each command loads only what it needs

    return serving.run(open_browser=options.open)


def _manage(options: argparse.Namespace) -> int:
    from creditbank.cli import managing

    return managing.manage(options.arguments)


def _migrate(_: argparse.Namespace) -> int:
    from creditbank.cli import migrating, surroundings

    os.environ["CREDITBANK_ROLE"] = "owner"
    with surroundings.bank():
        migrating.migrate()
    return 0


def _deposit(options: argparse.Namespace) -> int:
    from creditbank.cli import depositing

    return depositing.deposit(
        path=options.file,
        institution=options.institution,
        dry_run=options.dry_run,
        all_or_nothing=options.all_or_nothing,
        as_json=options.json,
    )


def _register(options: argparse.Namespace) -> int:
    from creditbank.cli import registering

    return registering.register(path=options.file, issuer=options.issuer, as_json=options.json)


def _enrol(options: argparse.Namespace) -> int:
    from creditbank.cli import listing

    return listing.enrol(path=options.file, institution=options.institution, as_json=options.json)


def _takeover(options: argparse.Namespace) -> int:
    from creditbank.cli import listing

    return listing.takeover(
        path=options.file, bank=options.bank, organization=options.organization, as_json=options.json
    )


def _demo(options: argparse.Namespace) -> int:
    from creditbank.cli import demonstrating, serving

    return demonstrating.demo(
        learners=options.learners, seed=options.seed, if_empty=options.if_empty, prepare=serving.prepare
    )


def _keys(options: argparse.Namespace) -> int:
    from creditbank.cli import keys

    return keys.rotate() if options.what == "rotate" else keys.show()


def _found(options: argparse.Namespace) -> int:
    from creditbank.cli import founding

    return founding.found(name=options.name, name_en=options.name_en, login=options.admin, person=options.person)


def _backup(options: argparse.Namespace) -> int:
    from creditbank.cli import backing

    return backing.backup(folder=options.folder)


def _restore(options: argparse.Namespace) -> int:
    from creditbank.cli import restoring

    return restoring.restore(folder=options.folder, keys=options.keys, wal=options.wal)


def _worth(options: argparse.Namespace) -> int:
    from creditbank.cli import valuing

    return valuing.worth(account=options.account, as_json=options.json)


def _translations(_: argparse.Namespace) -> int:
    from creditbank.cli import translating

    return translating.check()


def _rules(options: argparse.Namespace) -> int:
    from creditbank.cli import publishing, ruling

    if options.what == "publish":
        return publishing.publish(options.file, owner=options.owner, enacted=options.enacted, as_json=options.json)
    if options.what == "diff":
        return ruling.compare(options.file, options.newer, as_json=options.json)
    return ruling.check(options.file, as_json=options.json)


def _simulate(options: argparse.Namespace) -> int:
    from creditbank.cli import simulating

    return simulating.simulate(
        books=options.book,
        problem=options.problem,
        award=options.award,
        explain=options.explain,
        as_json=options.json,
    )


def _replay(options: argparse.Namespace) -> int:
    from creditbank.cli import simulating

    return simulating.replay(path=options.plan, books=options.book, as_json=options.json)


def _takes_founder(found: argparse.ArgumentParser) -> None:
    found.add_argument("--name", required=True, help="管理中心的名称 / the centre's name")
    found.add_argument("--name-en", default="", help="in English")
    found.add_argument("--admin", required=True, metavar="LOGIN", help="登录名 / sign-in name")
    found.add_argument("--person", required=True, metavar="NAME", help="姓名 / the person's name")


def _add_lists(command: Callable[..., argparse.ArgumentParser]) -> None:
    _takes_list(command("register", _register, "登记一份证书名单 / enter an issuer's list of certificates", FILE_ENDS))
    enrol = command("enrol", _enrol, "导入学籍名册 / open accounts and write enrolments for a list", FILE_ENDS)
    enrol.add_argument("file")
    enrol.add_argument("--institution", required=True, metavar="CODE")
    enrol.add_argument("--json", action="store_true", help="print the report as JSON")
    takeover = command("takeover", _takeover, "接收他行账户 / let another bank's accounts go on here", FILE_ENDS)
    takeover.add_argument("file")
    takeover.add_argument("--bank", required=True, metavar="CODE", help="the code of the other bank")
    takeover.add_argument("--organization", default="", metavar="CODE", help="the centre, where there are several")
    takeover.add_argument("--json", action="store_true", help="print the report as JSON")


def _takes_list(register: argparse.ArgumentParser) -> None:
    register.add_argument("file")
    register.add_argument("--issuer", required=True, metavar="CODE")
    register.add_argument("--json", action="store_true", help="print the report as JSON, refusals too")


def _takes_account(worth: argparse.ArgumentParser) -> None:
    worth.add_argument("account", help="账号 / account number")
    worth.add_argument("--json", action="store_true", help="print it as JSON, refusals too")


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="creditbank", description="学分银行 / a credit bank")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, act: Callable[[argparse.Namespace], int], words: str, ends: str = ""
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words, epilog=ends)
        sub.set_defaults(act=act)
        return sub

    run = command("run", _run, "启动银行 / start the bank with its database, worker and web server")
    run.add_argument("--open", action="store_true", help="open the browser")
    deposit = command("deposit", _deposit, "存入一个文件 / deposit a file for an institution")
    deposit.add_argument("file")
    deposit.add_argument("--institution", required=True, metavar="CODE")
    deposit.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
    deposit.add_argument("--all-or-nothing", action="store_true", help="post no row while any is refused")
    deposit.add_argument("--json", action="store_true", help="print the report as JSON")
    _add_lists(command)
    demo = command("demo", _demo, "造一家示范银行 / fill an empty bank with synthetic people")
    demo.add_argument("--learners", type=int, default=2000)
    demo.add_argument("--seed", type=int, default=20261122)
    demo.add_argument("--if-empty", action="store_true", help="leave a bank that is not empty as it is")
    keys = command("keys", _keys, "密钥环 / show the key ring or rotate it")
    keys.add_argument("what", choices=["show", "rotate"])
    found = command(
        "found", _found, "为空的银行开立委员会、管理中心与第一位管理员 / committee, centre, first administrator"
    )
    _takes_founder(found)
    _add_backup(command)
    _add_rules(command)
    _takes_account(command("worth", _worth, "一个账户能换什么 / what the archive of an account frees", WORTH_ENDS))
    command("check-translations", _translations, "检查译文 / find sentences without English")
    command("migrate", _migrate, "更新数据表与权限 / bring tables and privileges up to date")
    manage = command("manage", _manage, "Django 的管理命令 / Django's management commands")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    return whole


def _add_backup(command: Callable[..., argparse.ArgumentParser]) -> None:
    backup = command("backup", _backup, "备份整个银行，不必停机 / back the whole bank up while it runs")
    backup.add_argument("folder", metavar="FOLDER", help="一个新文件夹 / a new folder")
    restore = command("restore", _restore, "由备份恢复到空的数据文件夹并核对 / restore into an empty folder and check")
    restore.add_argument("folder", metavar="FOLDER", help="备份文件夹 / what `backup` wrote")
    restore.add_argument("--keys", default="", metavar="FILE", help="密钥环 / the key ring, kept apart")
    restore.add_argument("--wal", default="", metavar="FOLDER", help="CREDITBANK_WAL 的文件夹 / the archived log")
    restore.epilog = "退出码 / exit code: 0 恢复完整 / whole; 1 不完整或被拒绝 / not whole, or refused"


def _add_rules(command: Callable[..., argparse.ArgumentParser]) -> None:
    rules = command("rules", _rules, "规则文件：检查、比较或发布 / check, compare or publish rule books")
    kinds = rules.add_subparsers(required=True, dest="what", metavar="WHAT")

    def rule_command(name: str, words: str, ends: str, *files: str) -> argparse.ArgumentParser:
        sub = kinds.add_parser(name, help=words, description=words, epilog=ends)
        for file in files:
            sub.add_argument(file, metavar=file.upper())
        sub.add_argument("--json", action="store_true", help="print the answer as JSON, refusals too")
        return sub

    rule_command(
        "check", "检查一部规则并运行用例 / what the checks find, and how its cases come out", CHECK_ENDS, "file"
    )
    rule_command(
        "diff", "比较两个版本 / what changed from one edition to the next, in words", FILE_ENDS, "file", "newer"
    )
    publish = rule_command("publish", PUBLISHES, PUBLISH_ENDS, "file")
    publish.add_argument("--owner", required=True, metavar="CODE", help="the organization that owns the book")
    publish.add_argument(
        "--enacted",
        action="store_true",
        help="已在别处审定并公示，直接发布 / decided and noticed elsewhere: publish now",
    )
    simulate = command(
        "simulate", _simulate, "测算能转换多少学分 / what achievements are worth under rule books", FILE_ENDS
    )
    simulate.add_argument(
        "--book", nargs="+", action="extend", required=True, metavar="FILE", help="one book or more, in their order"
    )
    simulate.add_argument("--problem", required=True, metavar="FILE")
    simulate.add_argument("--award", metavar="ID", help="towards an award of the books")
    simulate.add_argument("--explain", action="store_true", help="say why: what is not used, what caps cost")
    simulate.add_argument("--json", action="store_true", help="print the plan as JSON, which replays; refusals too")
    replay = command(
        "replay", _replay, "重算保存的方案 / make a stored plan again and see that it is the same", FILE_ENDS
    )
    replay.add_argument("plan", metavar="PLAN")
    replay.add_argument(
        "--book",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="else those beside the plan, then the bank's",
    )
    replay.add_argument("--json", action="store_true", help="print the answer as JSON, refusals too")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a problem of the surroundings is a sentence, not a traceback."""
    options = parser().parse_args(arguments)
    try:
        sys.exit(options.act(options))
    except EngineProblem as problem:
        print(f"{problem.zh}\n{problem.en}", file=sys.stderr)
        sys.exit(1)
