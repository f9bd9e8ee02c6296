"""Addresses of rows that wait for an account, and of institutions that disagree; they go before those of batches."""

from django.urls import path

from creditbank.portal.staff import waiting

urlpatterns = [
    path("deposits/waiting", waiting.batches, name="waiting"),
    path("deposits/waiting/<slug:public_id>", waiting.rows, name="waiting_rows"),
    path("deposits/conflicts", waiting.conflicts, name="conflicts"),
    path("deposits/conflicts/<slug:public_id>/<int:row>/<int:item>", waiting.conflict, name="conflict"),
]
