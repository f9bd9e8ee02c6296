"""The command line: `creditbank run`, `deposit`, `demo`, `keys`, `manage` and their kin."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from creditbank.cli.engine_account import EngineProblem


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
        path=options.file, institution=options.institution, dry_run=options.dry_run, as_json=options.json
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


def _translations(_: argparse.Namespace) -> int:
    from creditbank.cli import translating

    return translating.check()


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="creditbank", description="学分银行 / a credit bank")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.set_defaults(act=act)
        return sub

    run = command("run", _run, "启动银行 / start the bank with its database, worker and web server")
    run.add_argument("--open", action="store_true", help="open the browser")
    deposit = command("deposit", _deposit, "存入一个文件 / deposit a file for an institution")
    deposit.add_argument("file")
    deposit.add_argument("--institution", required=True, metavar="CODE")
    deposit.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
    deposit.add_argument("--json", action="store_true", help="print the report as JSON")
    demo = command("demo", _demo, "造一家示范银行 / fill an empty bank with synthetic people")
    demo.add_argument("--learners", type=int, default=2000)
    demo.add_argument("--seed", type=int, default=20261122)
    demo.add_argument("--if-empty", action="store_true", help="leave a bank that is not empty as it is")
    keys = command("keys", _keys, "密钥环 / show the key ring or rotate it")
    keys.add_argument("what", choices=["show", "rotate"])
    found = command(
        "found", _found, "为空的银行开立委员会、管理中心与第一位管理员 / committee, centre, first administrator"
    )
    found.add_argument("--name", required=True, help="管理中心的名称 / the centre's name")
    found.add_argument("--name-en", default="", help="in English")
    found.add_argument("--admin", required=True, metavar="LOGIN", help="登录名 / sign-in name")
    found.add_argument("--person", required=True, metavar="NAME", help="姓名 / the person's name")
    command("check-translations", _translations, "检查译文 / find sentences without English")
    command("migrate", _migrate, "更新数据表与权限 / bring tables and privileges up to date")
    manage = command("manage", _manage, "Django 的管理命令 / Django's management commands")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    return whole


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a problem of the surroundings is a sentence, not a traceback."""
    options = parser().parse_args(arguments)
    try:
        sys.exit(options.act(options))
    except EngineProblem as problem:
        print(f"{problem.zh}\n{problem.en}", file=sys.stderr)
        sys.exit(1)
