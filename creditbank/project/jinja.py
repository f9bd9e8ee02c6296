"""The Jinja2 environment: strict, escaped, translated, with the filters that pages share."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from jinja2 import Environment, StrictUndefined, Template

from creditbank.entrance.addresses import address
from creditbank.portal.frame import demo_people
from creditbank.project import filters, translating
from creditbank.project.marking import Page, language
from creditbank.project.sharing import shared
from creditbank.project.timeline import told


class House(Environment):
    """Jinja's environment, where a template that is read stays: none changes while the bank runs."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  # Jinja's options
        """Know no template yet."""
        super().__init__(**options)
        self._read: dict[str, Template] = {}

    def get_template(self, name: str | Template, *parent: Any, **others: Any) -> Template:  # noqa: ANN401  # Jinja's
        """Return a template by its name; a page and what it imports ask for a handful each time it is made."""
        if not isinstance(name, str) or others or self.auto_reload:
            return super().get_template(name, *parent, **others)
        if name not in self._read:
            self._read[name] = super().get_template(name)
        return self._read[name]


def build(*, autoescape: bool, **options: Any) -> Environment:  # noqa: ANN401  # Django's options
    """Return the environment that Django's Jinja2 backend uses."""
    assert autoescape
    environment = House(
        autoescape=True,
        **{
            **options,
            "undefined": StrictUndefined,
            "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
            "trim_blocks": True,
            "lstrip_blocks": True,
        },
    )
    translating.install(environment)
    environment.globals.update(
        {
            "url": address,
            "static": lru_cache(static),
            "shared": shared,
            "language": language,
            "demo_people": demo_people,
            "demo": settings.ENVIRONMENT.demo,
        }
    )
    environment.filters.update(
        number=filters.number,
        credits=filters.credits_text,
        day=filters.day,
        moment=filters.moment,
        partial=filters.partial,
        size=filters.size,
        text=filters.text,
        told=told,
    )
    environment.template_class = Page
    return environment
