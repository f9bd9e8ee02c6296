"""Addresses of what the bank keeps about its holder."""

from django.urls import path

from creditbank.portal.learner import my_data

urlpatterns = [
    path("my-data/", my_data.my_data, name="my_data"),
    path("my-data/groups", my_data.consent, name="my_data_consent"),
    path("my-data/groups/withdraw", my_data.withdraw, name="my_data_withdraw"),
]
