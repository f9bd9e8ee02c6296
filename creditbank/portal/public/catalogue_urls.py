"""Addresses of the public catalogue."""

from django.urls import path

from creditbank.portal.public import catalogue

urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/export.csv", catalogue.export, name="catalogue_export"),
    path("catalogue/frameworks/", catalogue.frameworks, name="frameworks"),
    path("catalogue/frameworks/<slug:code>", catalogue.edition, name="framework"),
    path("catalogue/<slug:public_id>", catalogue.entry, name="catalogue_entry"),
]
