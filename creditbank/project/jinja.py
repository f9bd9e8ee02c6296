"""The Jinja2 environment: strict, escaped, translated, with the filters that pages share."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from jinja2 import Environment, StrictUndefined

from creditbank.entrance.addresses import address
from creditbank.portal.frame import demo_people
from creditbank.project import filters, translating
from creditbank.project.marking import Page, language
from creditbank.project.sharing import shared
from creditbank.project.timeline import told


def build(*, autoescape: bool, **options: Any) -> Environment:  # noqa: ANN401  # Django's options
    """Return the environment that Django's Jinja2 backend uses."""
    assert autoescape
    environment = Environment(
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
