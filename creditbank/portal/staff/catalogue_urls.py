"""Addresses of the pages on which the catalogue is kept."""

from django.urls import path

from creditbank.portal.staff import catalogue, catalogue_matching

urlpatterns = [
    path("staff/catalogue/", catalogue.specifications, name="specifications"),
    path("staff/catalogue/export.csv", catalogue.export, name="specifications_export"),
    path("staff/catalogue/recognise", catalogue.recognise, name="specifications_recognise"),
    path("staff/catalogue/new", catalogue.new, name="specification_new"),
    path("staff/catalogue/alias", catalogue_matching.alias, name="alias_new"),
    path("staff/catalogue/<slug:public_id>/matching", catalogue_matching.matching, name="specification_matching"),
    path("staff/catalogue/<slug:public_id>", catalogue.specification, name="specification"),
    path("staff/catalogue/<slug:public_id>/withdraw", catalogue.withdraw, name="specification_withdraw"),
]
