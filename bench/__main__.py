"""`make bench`: an engine of its own, every benchmark in turn."""

import os
import sys
from pathlib import Path

from creditbank.cli.engine import DATABASE, Engine


def main() -> None:
    """Run all benchmarks, or those named."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="creditbank-bench-", dir="/var/tmp"))
    folder.chmod(0o711)
    os.environ["CREDITBANK_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "creditbank.project.settings"
    with Engine.at(folder) as server:
        os.environ["DATABASE_URL"] = server.url(DATABASE, "creditbank_app")
        os.environ["DATABASE_OWNER_URL"] = server.url(DATABASE, "creditbank_owner")
        os.environ["CREDITBANK_ROLE"] = "owner"
        import django

        django.setup()
        from bench import deposit, results
        from creditbank.cli import migrating
        from creditbank.learners import vault

        vault.ensure_keys(folder / "keys.json")
        migrating.migrate()
        for benchmark in (deposit,):
            found = benchmark.run()
            results.keep(found)
            for result in found:
                print(f"{result.name:<24} {result.value:>12,.1f} {result.unit}  {result.ratio or ''}", file=sys.stdout)


if __name__ == "__main__":
    main()
