"""Addresses of the pages of enrolments."""

from django.urls import path

from creditbank.portal.staff import enrolments

urlpatterns = [
    path("enrolments/", enrolments.enrolments, name="enrolments"),
    path("enrolments/export.csv", enrolments.export, name="enrolments_export"),
    path("enrolments/slips", enrolments.slips, name="enrolments_slips"),
    path("enrolments/<str:account>/<int:number>", enrolments.enrolment, name="enrolment"),
]
