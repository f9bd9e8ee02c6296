"""Addresses of merging accounts and erasing people."""

from django.urls import path

from creditbank.portal.staff import merging

urlpatterns = [
    path("merging/", merging.merging, name="merging"),
    path("erasing/", merging.erasing, name="erasing"),
]
