"""Addresses of claiming and applying."""

from django.urls import path

from creditbank.portal.public import claiming

urlpatterns = [
    path("claim/", claiming.claim, name="claim"),
    path("open/", claiming.apply_for_account, name="apply_for_account"),
    path("open/<slug:public_id>", claiming.application_progress, name="application_progress"),
]
