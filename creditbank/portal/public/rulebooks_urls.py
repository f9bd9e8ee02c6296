"""Addresses of the public pages of rule books."""

from django.urls import path

from creditbank.portal.public import rulebooks

urlpatterns = [
    path("rules/", rulebooks.rulebooks, name="rulebooks"),
    path("rules/export.csv", rulebooks.export, name="rulebooks_export"),
    path("rules/<slug:public_id>", rulebooks.rulebook, name="rulebook"),
    path("rules/<slug:public_id>/file.<slug:form>", rulebooks.file, name="rulebook_file"),
    path("rules/<slug:public_id>/since/<slug:earlier>", rulebooks.changes, name="rulebook_changes"),
]
