"""Address of checking a root."""

from django.urls import path

from creditbank.portal.public import roots

urlpatterns = [path("roots/", roots.root, name="root")]
