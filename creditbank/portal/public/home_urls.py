"""Addresses of the public home and of the pages that explain the bank."""

from django.urls import path

from creditbank.portal.public import home

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.help_page, name="help"),
    path("accessibility/", home.accessibility, name="accessibility"),
    path("privacy/", home.privacy, name="privacy"),
    path("templates/", home.templates, name="templates"),
    path("templates/<slug:code>.<str:kind>", home.template_file, name="template_file"),
    path("style/", home.style, name="style"),
]
