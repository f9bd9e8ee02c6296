"""Addresses of the public pages of occupations."""

from django.urls import path

from creditbank.portal.public import occupations

urlpatterns = [
    path("catalogue/occupations/", occupations.occupations, name="occupations"),
    path("catalogue/occupations/<slug:public_id>", occupations.occupation, name="occupation"),
]
