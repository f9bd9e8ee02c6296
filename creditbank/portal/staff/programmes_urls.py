"""Addresses of the pages on which programmes, certification units and occupations are published."""

from django.urls import path

from creditbank.portal.staff import certification_units, occupations, programmes

urlpatterns = [
    path("staff/catalogue/programmes/new", programmes.new, name="programme_new"),
    path("staff/catalogue/units/new", certification_units.new, name="certification_unit_new"),
    path("staff/catalogue/occupations/new", occupations.new, name="occupation_new"),
]
