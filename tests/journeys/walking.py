"""Walks the pages that somebody can reach by following links, and says what is wrong with each."""

import re
from collections import Counter
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Error

from tests.journeys.bank import DESK, PHONE, Visitor

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Every page is read in both languages and laid out at both widths; the rules of axe run once in each.
LANGUAGES = {"": DESK, "/en": PHONE}
LINKS = "[...document.querySelectorAll('a[href^=\"/\"]:not([hreflang])')].map((link) => link.getAttribute('href'))"
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
#: Chinese that an English page shows without saying so; what is typed into a field keeps its own language.
UNSAID = """() => {
  const found = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.trim(), around = walk.currentNode.parentElement;
    const spoken = around.closest('[lang]').getAttribute('lang').startsWith('zh');
    if (/[\\u3400-\\u9fff]/.test(text) && !spoken && !around.closest('textarea, script, style')) found.add(text);
  }
  return [...found];
}"""
#: The tenth row of a table is made like the third; without the many rows axe is three times as fast.
THIN = "document.querySelectorAll('tbody tr:nth-child(n+4), .entry:nth-child(n+6)').forEach((row) => row.remove())"
RUN = "(rules) => axe.run(document, {resultTypes: ['violations'], runOnly: rules})"
#: How many objects of a kind are looked at, where their pages differ by the stage they are at.
FACES = {"batch": 4, "register": 3}
#: Pages of one kind that lead a walker further without being looked at: not every batch has refused rows.
LED = 3
SCRIPT = Axe().axe_script + ";0"


def named(address):
    """Return the name of an address as the address book knows it, or nothing for what is not the bank's."""
    path = urlsplit(address).path
    try:
        return resolve(path.removeprefix("/en") if path.startswith("/en/") else path).url_name
    except Resolver404:
        return None


class Walker(Visitor):
    """Somebody who opens each address that no walk has opened yet, and looks at it wide and narrow."""

    def __init__(self, bank, page, common=()):
        super().__init__(bank, page)
        self.common = common
        page.on("request", lambda request: self._asks(request.url))

    def _asks(self, url):
        if not url.startswith((self.bank.address, "data:", "blob:")):
            self.problems.append(f"a request to {url}")

    def walks(self, opened, start="/"):
        """Follow links from `start`, note by each name what was opened in `opened`, and return what is wrong where.

        A page that an earlier walker has read may lead this one further, unless it is the same for everybody.
        """
        waiting, met, faces, complaints = [start], Counter(), set(), {}
        while waiting:
            path = waiting.pop(0)
            name = named(path)
            if name is None or path in faces:
                continue
            if name in FACES:
                faces.add(path)  # each of them once, however many links lead there
            read = opened.setdefault(name, [])
            first = path == start and not met[name]
            if first or (path not in read and len(read) < FACES.get(name, 1)):
                read.append(path)
                said, links = self.reads(path)
                complaints |= {path: said} if said else {}
                opened.setdefault(named(self.page.url), [path])  # where the address led
                waiting += links
            elif met[name] < LED and name not in self.common:
                waiting += self.leads(path)
            met[name] += 1
        return complaints

    def leads(self, path):
        """Return the links of a page without showing it."""
        answer = self.page.request.get(self.bank.address + path)
        html = "text/html" in answer.headers["content-type"]
        return re.findall('<a [^>]*?href="(/[^"#]*)"(?! lang=)', answer.text()) if html else []

    def reads(self, path):
        """Return what is wrong with a page in either language, and where it leads."""
        said, links = [], []
        for prefix, size in LANGUAGES.items():
            self.page.set_viewport_size(size)
            try:
                response = self.page.goto(self.bank.address + prefix + path)
            except Error as error:
                if "Download is starting" not in str(error):
                    raise
                break
            if "text/html" in response.headers["content-type"]:
                links += [link.removeprefix(prefix) for link in self.page.evaluate(LINKS)]
                unsaid = self.page.evaluate(UNSAID) if prefix == "/en" else []
                said += [f"/en: Chinese that does not say so: {text[:80]}" for text in unsaid]
                said += [f"{prefix or '/zh'}: {each}" for each in self.finds(size)]
        said += self.problems
        self.problems.clear()
        return said, links

    def finds(self, size):
        """Return what is wrong with the page on the screen, which loses rows by it."""
        for each in (size, PHONE if size == DESK else DESK):
            self.page.set_viewport_size(each)
            if self.page.evaluate(WIDE):
                yield f"wider than {each['width']}"
        self.page.evaluate(THIN)
        self.page.evaluate(SCRIPT)
        yield from self.breaks({"type": "tag", "values": LEVELS})

    def breaks(self, rules):
        """Return the elements that break rules of axe, which is on the page already."""
        found = self.page.evaluate(RUN, rules)["violations"]
        return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]
