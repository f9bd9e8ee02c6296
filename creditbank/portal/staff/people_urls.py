"""Addresses of the pages of people in their roles."""

from django.urls import path

from creditbank.portal.staff import people

urlpatterns = [
    path("staff/people/", people.people, name="people"),
    path("staff/people/export.csv", people.export, name="people_export"),
    path("staff/organizations/<slug:public_id>/appoint", people.appoint, name="appoint"),
    path("staff/organizations/<slug:public_id>/members/<int:membership>/end", people.end, name="membership_end"),
]
