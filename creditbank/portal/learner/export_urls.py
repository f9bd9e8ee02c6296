"""The address of a learner's own data as a file."""

from django.urls import path

from creditbank.portal.learner import export

urlpatterns = [path("my-data/export.zip", export.export, name="my_data_export")]
