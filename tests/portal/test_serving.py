"""What the web server's process does at either end of a request, and with templates that it has read."""

import subprocess
import sys

from django.template import engines

LISTENING = """
from django.core.signals import request_finished, request_started
from creditbank.project.wsgi import application
for signal in (request_started, request_finished):
    print(*(each.__name__ for each in signal._live_receivers(None)[0]))
"""


def test_connections_are_looked_at_when_a_request_begins_and_nothing_is_done_for_nothing():
    done = subprocess.run([sys.executable, "-c", LISTENING], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["close_old_connections", "reset_urlconf"]


def test_a_template_is_read_once_however_it_is_asked_for():
    house = engines["jinja2"].env
    page = house.get_template("layout.html")
    assert house.get_template("layout.html", "learner/archive.html") is page is house.get_template(page)
    own = house.get_template("layout.html", globals={"mark": 1})
    assert own.globals["mark"] == 1
    assert "mark" not in house.get_template("components/base.html").globals
