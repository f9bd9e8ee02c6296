"""Addresses of the deposit pages."""

from django.urls import path

from creditbank.portal.staff import batches, figures, receipts, uploads

urlpatterns = [
    path("deposits/", batches.batches, name="batches"),
    path("deposits/export.csv", batches.export, name="batches_export"),
    path("deposits/figures", figures.institutions, name="deposit_figures"),
    path("deposits/figures.csv", figures.export, name="deposit_figures_export"),
    path("deposits/figures/<slug:public_id>", figures.institution, name="deposit_figures_one"),
    path("deposits/new", batches.upload, name="batch_upload"),
    path("deposits/uploads", uploads.start, name="upload_start"),
    path("deposits/uploads/<slug:public_id>", uploads.one, name="upload"),
    path("deposits/uploads/<slug:public_id>/finish", uploads.finish, name="upload_finish"),
    path("deposits/uploads/<slug:public_id>/drop", uploads.drop, name="upload_drop"),
    path("deposits/<slug:public_id>", batches.batch, name="batch"),
    path("deposits/<slug:public_id>/refused", batches.refused_file, name="batch_refused"),
    path("deposits/<slug:public_id>/receipt", receipts.receipt, name="batch_receipt"),
    path("deposits/<slug:public_id>/receipt.pdf", receipts.paper, name="batch_receipt_paper"),
    path("deposits/<slug:public_id>/receipt.json", receipts.document, name="batch_receipt_file"),
    path("deposits/<slug:public_id>/submit", batches.submit, name="batch_submit"),
    path("deposits/<slug:public_id>/review", batches.review, name="batch_review"),
    path("deposits/<slug:public_id>/cancel", batches.cancel, name="batch_cancel"),
    path("deposits/<slug:public_id>/reopen", batches.reopen, name="batch_reopen"),
]
