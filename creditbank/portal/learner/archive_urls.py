"""Addresses of a learner's own archive."""

from django.urls import path

from creditbank.portal.learner import archive

urlpatterns = [
    path("archive/", archive.archive, name="archive"),
    path("archive/export.csv", archive.export, name="archive_export"),
    path("archive/export.json", archive.export_document, name="archive_document"),
    path("archive/<str:key>", archive.entry, name="entry"),
    path("archive/<str:key>/proof", archive.proof, name="entry_proof"),
    path("archive/<str:key>/proof.json", archive.proof_file, name="entry_proof_file"),
]
