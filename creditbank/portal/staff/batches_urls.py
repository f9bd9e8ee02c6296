"""Addresses of the deposit pages."""

from django.urls import path

from creditbank.portal.staff import batches

urlpatterns = [
    path("deposits/", batches.batches, name="batches"),
    path("deposits/export.csv", batches.export, name="batches_export"),
    path("deposits/new", batches.upload, name="batch_upload"),
    path("deposits/<slug:public_id>", batches.batch, name="batch"),
    path("deposits/<slug:public_id>/refused", batches.refused_file, name="batch_refused"),
    path("deposits/<slug:public_id>/receipt", batches.receipt, name="batch_receipt"),
    path("deposits/<slug:public_id>/submit", batches.submit, name="batch_submit"),
    path("deposits/<slug:public_id>/review", batches.review, name="batch_review"),
    path("deposits/<slug:public_id>/cancel", batches.cancel, name="batch_cancel"),
    path("deposits/<slug:public_id>/reopen", batches.reopen, name="batch_reopen"),
]
