"""Addresses of the public pages of programmes and certification units."""

from django.urls import path

from creditbank.portal.public import programmes

urlpatterns = [
    path("catalogue/programmes/", programmes.programmes, name="programmes"),
    path("catalogue/programmes/export.csv", programmes.programmes_export, name="programmes_export"),
    path("catalogue/programmes/<slug:public_id>", programmes.programme, name="programme"),
    path("catalogue/units/", programmes.certification_units, name="certification_units"),
    path("catalogue/units/export.csv", programmes.certification_units_export, name="certification_units_export"),
    path("catalogue/units/<slug:public_id>", programmes.certification_unit, name="certification_unit"),
]
