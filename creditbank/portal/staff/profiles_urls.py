"""Addresses of the pages about a school's own names for columns."""

from django.urls import path

from creditbank.portal.staff import profiles

urlpatterns = [
    path("deposits/columns/", profiles.column_names, name="column_names"),
    path("deposits/columns/<slug:public_id>", profiles.column_names_edit, name="column_names_edit"),
    path("deposits/columns/<slug:public_id>/end", profiles.column_names_end, name="column_names_end"),
    path("deposits/<slug:public_id>/columns", profiles.batch_columns, name="batch_columns"),
]
