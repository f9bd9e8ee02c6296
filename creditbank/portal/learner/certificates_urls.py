"""Address of a learner's own certificates."""

from django.urls import path

from creditbank.portal.learner import certificates

urlpatterns = [path("my-certificates/", certificates.certificates, name="my_certificates")]
