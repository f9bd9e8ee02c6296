"""The addresses of the bank: Chinese at /, English at /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = i18n_patterns(
    path("api/v1/", include("creditbank.api.v1.urls")),
    path("", include("creditbank.portal.urls")),
    prefix_default_language=False,
)

handler404 = "creditbank.portal.public.errors.not_found"
handler403 = "creditbank.portal.public.errors.forbidden"
handler429 = "creditbank.portal.public.account.too_many"
handler500 = "creditbank.portal.public.errors.crashed"
