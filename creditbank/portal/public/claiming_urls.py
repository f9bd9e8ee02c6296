"""Addresses of claiming and applying."""

from django.urls import path

from creditbank.portal.public import claiming, claiming_provider as provider

urlpatterns = [
    path("claim/", claiming.claim, name="claim"),
    path("claim/provider", provider.start, name="claim_provider"),
    path("claim/vouched", provider.vouched, name="claim_vouched"),
    path("claim/test-provider", provider.test_provider, name="claim_test_provider"),
    path("open/", claiming.apply_for_account, name="apply_for_account"),
    path("open/<slug:public_id>", claiming.application_progress, name="application_progress"),
]
