"""The addresses of the bank: Chinese at /, English at /en/."""

from django.urls import LocalePrefixPattern, ResolverMatch, URLPattern, URLResolver, include, path
from django.utils.translation import get_language


class Addresses(URLResolver):
    """Django's, but that an address in which nothing varies, of which there are some hundred, is looked for once."""

    def __init__(self, *patterns: URLPattern | URLResolver) -> None:
        """Take the patterns, for all languages but the first below its prefix."""
        super().__init__(LocalePrefixPattern(prefix_default_language=False), list(patterns))
        self.known: dict[tuple[str | None, str], ResolverMatch] = {}

    def resolve(self, path: str) -> ResolverMatch:
        """Return where an address leads."""
        asked = get_language(), path
        found = self.known.get(asked)
        if found is None:
            found = super().resolve(path)
            if not (found.args or found.kwargs):
                self.known[asked] = found
        return found


urlpatterns = [
    Addresses(
        path("api/v1/", include("creditbank.api.v1.urls")),
        path("", include("creditbank.portal.urls")),
    )
]

handler404 = "creditbank.portal.public.errors.not_found"
handler403 = "creditbank.portal.public.errors.forbidden"
handler429 = "creditbank.portal.public.account.too_many"
handler500 = "creditbank.portal.public.errors.crashed"
