"""Banks of released versions migrate to this one and keep what they hold."""

import json
import os
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from tools.upgrade_dump import FOLDER, FOUND, program

#: What must be nowhere once a bank has been migrated: accounts that lost their document, or whose first one was not
#: folded into their row; studies of which no step is known, or two.
LOST = (
    """SELECT count(*) FROM learners_learner WHERE document_ciphertext IS NULL AND merged_into IS NULL
       AND learner_id NOT IN (SELECT learner_id FROM learners_document)""",
    """SELECT count(*) FROM learners_document AS d JOIN learners_learner USING (learner_id)
       WHERE d.number = 1 AND d.until IS NULL AND d.reason = ''""",
    "SELECT count(*) FROM enrolments_enrolment WHERE since IS NULL",
    "SELECT count(*) FROM enrolments_status GROUP BY learner_id, number HAVING min(step) <> 1 OR count(*) <> max(step)",
)

VERSIONS = sorted(path.stem for path in FOLDER.glob("*.dump"))


@pytest.mark.django_db
@pytest.mark.parametrize("version", VERSIONS)
def test_a_bank_of_a_released_version_migrates_and_keeps_everything(version):
    database = f"upgrade_{version.replace('.', '_')}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    settings = connection.settings_dict
    address = f"postgresql://{settings['USER']}@/%s?host={settings['HOST']}&port={settings['PORT']}"
    with psycopg.connect(address % "postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {database}")
        server.execute(f"CREATE DATABASE {database}")
    url = address % database
    subprocess.run([program("pg_restore"), "-O", "-x", "-d", url, str(FOLDER / f"{version}.dump")], check=True)
    environ = {**os.environ, "DATABASE_URL": url, "DATABASE_OWNER_URL": url}
    migrate = [sys.executable, "-m", "creditbank", "manage", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, env=environ, check=True)
    with psycopg.connect(url) as upgraded:
        found = {name: str(upgraded.execute(query).fetchone()[0]) for name, query in FOUND.items()}
        lost = [row for query in LOST for row in upgraded.execute(query) if row != (0,)]
    assert lost == []
    assert found == json.loads((FOLDER / f"{version}.json").read_text("utf-8"))


def test_there_is_a_bank_of_the_first_version():
    assert "0.1.0" in VERSIONS
