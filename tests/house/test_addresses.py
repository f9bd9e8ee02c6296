"""Every address is on the list of public ones or refuses the anonymous, in both languages and for both methods."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, SlugConverter, StringConverter

#: What everybody may see, and why.
PUBLIC = {
    "api_replay": "anybody may check a stored plan; nothing is stored",
    "api_rule_book": "rules are public",
    "api_rules": "rules are public",
    "api_ruling": "rules are public",
    "api_simulate": "anybody may try; nothing is stored",
    "pathways": "rules are public",
    "simulator": "anybody may try; nothing is stored",
    "simulator_file": "anybody may try; nothing is stored",
    "root": "whoever has a receipt may check its root; it names no person",
    "rulebook": "rules are public",
    "rulebook_changes": "rules are public",
    "rulebook_file": "rules are public; of a draft for those who work on it",
    "rulebooks": "rules are public",
    "rulebooks_export": "rules are public",
    "ways": "rules are public",
    "accessibility": "what the pages promise",
    "account_inactive": "says that a sign-in is closed",
    "account_login": "the way in",
    "account_logout": "harmless without a session",
    "account_reset_password": "for those who cannot sign in",
    "account_signup": "says where accounts are opened",
    "application_progress": "the slip of the applicant is the key",
    "apply_for_account": "for those who have no account yet",
    "catalogue": "the catalogue is public",
    "catalogue_entry": "the catalogue is public",
    "catalogue_export": "the catalogue is public",
    "certification_unit": "the catalogue is public",
    "certification_units": "the catalogue is public",
    "certification_units_export": "the catalogue is public",
    "certificate_check": "whoever has a certificate in hand may check it; nobody is named",
    "claim": "for those who have no sign-in yet",
    "claim_provider": "for those who have no sign-in yet; leads to the identity provider",
    "claim_test_provider": "stands for the provider of test people; leads back where there is none",
    "claim_vouched": "for those who come back from the identity provider; leads back without an answer",
    "framework": "frameworks are public",
    "frameworks": "frameworks are public",
    "help": "help is for everybody",
    "home": "the front door",
    "mfa_authenticate": "the second step of signing in; without the first it leads back",
    "occupation": "the catalogue is public",
    "occupations": "the catalogue is public",
    "privacy": "what is kept about people",
    "programme": "the catalogue is public",
    "programmes": "the catalogue is public",
    "programmes_export": "the catalogue is public",
    "style": "components, with invented words",
    "template_file": "empty sheets",
    "templates": "empty sheets",
}
SAMPLES = {IntConverter: 1, SlugConverter: "0" * 20, StringConverter: "sample"}
OK, FOUND, FORBIDDEN, NOT_FOUND, NOT_THIS_METHOD, INVALID = 200, 302, 403, 404, 405, 422
#: Public ones that answer nothing without their query.
ASKING = frozenset({"api_simulate", "simulator_file"})
#: Public ones that answer nothing without a body.
SENDING = frozenset({"api_replay"})


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def sample(pattern: URLPattern) -> dict[str, object]:
    """Return an argument for each converter; one of our own offers the first word of its pattern."""
    return {
        name: SAMPLES.get(type(converter), converter.regex.split("|")[0])
        for name, converter in pattern.pattern.converters.items()
    }


ADDRESSES = {
    pattern.name: reverse(pattern.name, kwargs=sample(pattern))
    for pattern in patterns(get_resolver())
    if pattern.name is not None
}
GUARDED = sorted(set(ADDRESSES) - set(PUBLIC))


def refuses(response: HttpResponseBase) -> bool:
    """Say whether an answer leads to the sign-in page and back, or tells a program so; "not found" says nothing."""
    if response["Content-Type"] == "application/problem+json":
        return response.status_code == FORBIDDEN and '"entrance.sign_in_needed"' in response.content.decode()
    signing_in = (f"{reverse('account_login')}?next=", f"/en{reverse('account_login')}?next=")
    return response.status_code == FOUND and response["Location"].startswith(signing_in)


def test_every_address_has_a_name_of_its_own() -> None:
    names = [pattern.name for pattern in patterns(get_resolver())]
    assert None not in names
    assert len(names) == len(set(names))


def test_public_list_names_what_exists() -> None:
    assert sorted(set(PUBLIC) - set(ADDRESSES)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("name", GUARDED)
def test_address_refuses_the_anonymous(client: Client, name: str, prefix: str) -> None:
    answers = [client.get(prefix + ADDRESSES[name]), client.post(prefix + ADDRESSES[name])]
    answered = [answer for answer in answers if answer.status_code != NOT_THIS_METHOD]
    assert answered, "it answers neither GET nor POST"
    assert [(answer.status_code, answer.get("Location")) for answer in answered if not refuses(answer)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_address_answers_everybody(client: Client, name: str, prefix: str) -> None:
    response = client.get(prefix + ADDRESSES[name])
    about_nothing = "0" * 20 in ADDRESSES[name]
    missing = (NOT_FOUND,) if about_nothing else (NOT_FOUND, INVALID) if name in ASKING else ()
    expected = (OK, FOUND, *missing) if name not in SENDING else (NOT_THIS_METHOD,)
    assert response.status_code in expected
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_program_without_a_key_gets_a_problem_document(client: Client) -> None:
    response = client.get(ADDRESSES["batches"], headers={"accept": "application/json"})
    assert response.status_code == FORBIDDEN
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "entrance.sign_in_needed"
