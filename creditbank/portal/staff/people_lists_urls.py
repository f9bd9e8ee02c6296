"""Addresses of the pages of lists of people."""

from django.urls import path

from creditbank.portal.staff import people_lists as lists

urlpatterns = [
    path("enrolments/load", lists.load, name="enrolments_load"),
    path("enrolments/template.csv", lists.template, name="enrolments_template"),
    path("lists/", lists.people_lists, name="people_lists"),
    path("lists/takeover", lists.takeover, name="takeover"),
    path("lists/takeover-template.csv", lists.takeover_template, name="takeover_template"),
    path("lists/<slug:public_id>", lists.people_list, name="people_list"),
    path("lists/<slug:public_id>/refused", lists.refused, name="people_list_refused"),
    path("lists/<slug:public_id>/stop", lists.stop, name="people_list_stop"),
]
