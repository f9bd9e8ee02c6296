"""One contender loads one file: run by bench/peers.py in the throw-away environment, which has no bank in it.

All do the same of what the bank does: check digit, course in the catalogue, keyed digest of the person, hash of the
row, no key twice. None has accounts, enrolments, a salted commitment, a tree or a report.
"""

import csv
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
KEY: Final = b"only-for-benchmarks"
AT_ONCE: Final = 1000
COLUMNS: Final = ("learner", "course", "term", "credits", "score", "obtained", "row_hash")
CREATE: Final = """
DROP TABLE IF EXISTS bench_peer;
CREATE TABLE bench_peer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, learner text NOT NULL, course int NOT NULL,
    term int NOT NULL, credits int NOT NULL, score int NOT NULL, obtained int NOT NULL, row_hash text NOT NULL,
    UNIQUE (learner, course, term)
)"""
INSERT: Final = """
INSERT INTO bench_peer (learner, course, term, credits, score, obtained, row_hash)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"""
CATALOGUE: Final = {f"课程{number:04d}": number for number in range(600)}


def checked(row: dict[str, str]) -> dict[str, Any]:
    """Return a row of the file as the table takes it. Refused with an assertion: what the file does not hold."""
    document = row["身份证号"]
    digits = sum(int(digit) * weight for digit, weight in zip(document[:17], WEIGHTS, strict=True))
    assert "10X98765432"[digits % 11] == document[17]
    return {
        "learner": hmac.digest(KEY, document.encode(), "sha256").hex(),
        "course": CATALOGUE[row["课程名称"]],
        "term": int(row["获得时间"]),
        "credits": round(float(row["学分"]) * 100),
        "score": int(row["成绩"]),
        "obtained": int(row["获得时间"]) * 100,
        "row_hash": hashlib.sha256("|".join(row.values()).encode()).hexdigest(),
    }


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of the file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def executemany(path: Path) -> None:
    """Load with the csv module and the driver's executemany."""
    connection: Any = import_module("django.db").connection
    with connection.cursor() as cursor:
        rows = map(checked, rows_of(path))
        while block := [tuple(row.values()) for row in islice(rows, AT_ONCE)]:
            cursor.executemany(INSERT, block)


def bulk_create(path: Path) -> None:
    """Load with Django's bulk_create, conflicts ignored."""
    objects = model().objects
    rows = map(checked, rows_of(path))
    while block := [model()(**row) for row in islice(rows, 50 * AT_ONCE)]:
        objects.bulk_create(block, batch_size=AT_ONCE, ignore_conflicts=True)


def import_export(path: Path, *, bulk: bool = False) -> None:
    """Load with django-import-export, as its documents show it, or with its bulk mode."""
    resources: Any = import_module("import_export.resources")
    tablib: Any = import_module("tablib")
    meta: dict[str, Any] = {"model": model(), "fields": COLUMNS, "import_id_fields": ("learner", "course", "term")}
    if bulk:
        meta |= {"use_bulk": True, "batch_size": AT_ONCE, "skip_diff": True}
    resource = type("Achievements", (resources.ModelResource,), {"Meta": type("Meta", (), meta)})()
    data = tablib.Dataset(headers=COLUMNS)
    for row in map(checked, rows_of(path)):
        data.append(tuple(row.values()))
    result = resource.import_data(data, raise_errors=True)
    assert not result.has_errors()


def model() -> Any:  # noqa: ANN401  # Django's models have no types here
    """Return the model of the table, made once."""
    if "peer" not in MADE:
        models: Any = import_module("django.db.models")
        meta = type("Meta", (), {"app_label": "import_export", "db_table": "bench_peer", "managed": False})
        whole = dict.fromkeys(("course", "term", "credits", "score", "obtained"), models.IntegerField)
        fields = {name: kind() for name, kind in whole.items()}
        fields |= {"learner": models.TextField(), "row_hash": models.TextField()}
        fields |= {"id": models.BigAutoField(primary_key=True)}
        MADE["peer"] = type("Achievement", (models.Model,), {"__module__": "peer", "Meta": meta, **fields})
    return MADE["peer"]


MADE: Final[dict[str, Any]] = {}
CONTENDERS: Final[dict[str, Callable[[Path], None]]] = {
    "peer_import_export": import_export,
    "peer_import_export_bulk": lambda path: import_export(path, bulk=True),
    "peer_bulk_create": bulk_create,
    "peer_executemany": executemany,
}


def main() -> None:
    """Load the file and tell rows and seconds as JSON."""
    contender, path = sys.argv[1], Path(sys.argv[2])
    url = urlsplit(os.environ["DATABASE_URL"])
    host = parse_qs(url.query)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "HOST": host["host"][0],
        "PORT": host["port"][0],
    }
    import_module("django.conf").settings.configure(
        DATABASES={"default": database}, INSTALLED_APPS=["import_export"], USE_TZ=True
    )
    import_module("django").setup()
    connection: Any = import_module("django.db").connection
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
    started = time.perf_counter()
    CONTENDERS[contender](path)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_peer")
        (count,) = cursor.fetchone()
        cursor.execute("DROP TABLE bench_peer")
    print(json.dumps({"rows": count, "seconds": seconds}))


if __name__ == "__main__":
    main()
