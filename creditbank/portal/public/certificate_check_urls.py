"""Address at which certificates are checked."""

from django.urls import path

from creditbank.portal.public import certificate_check

urlpatterns = [path("check-certificate/", certificate_check.check, name="certificate_check")]
