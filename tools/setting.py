"""Lets the tools read the rooms: Django with the bank's settings; no database is asked."""

import os

import django


def set_up() -> None:
    """Let Django read its settings, once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creditbank.project.settings")
    django.setup()
