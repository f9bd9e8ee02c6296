"""Addresses of version 1."""

from django.urls import path

from creditbank.api.v1 import conversion

urlpatterns = [
    path("simulate", conversion.simulate, name="api_simulate"),
    path("worth", conversion.worth, name="api_worth"),
    path("rules", conversion.rules, name="api_rules"),
    path("rules/<slug:public_id>", conversion.rule_book, name="api_rule_book"),
    path("rules/<slug:public_id>/ruling", conversion.ruling, name="api_ruling"),
]
