"""What every request checks is sealed as Django seals it, byte for byte, and what it did not seal opens nothing."""

import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangoStore
from django.core import signing
from django.utils.crypto import salted_hmac
from hypothesis import given, strategies as st

from creditbank.identity import models
from creditbank.identity.backends import SessionStore
from creditbank.identity.seals import opened, seal

VALUES = st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(max_size=80), max_size=6)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_seal_is_that_of_django(salt, text):
    assert seal(salt, text) == salted_hmac(salt, text, algorithm="sha256").digest()
    assert seal(salt, text, "another") == salted_hmac(salt, text, "another", algorithm="sha256").digest()


@given(VALUES, st.booleans())
def test_what_django_sealed_opens_packed_or_not(values, packed):
    assert opened(signing.dumps(values, salt="here", compress=packed), "here") == values


@given(VALUES)
def test_a_session_is_kept_and_read_as_django_keeps_and_reads_it(values):
    ours, django = SessionStore(), DjangoStore()
    assert ours.decode(django.encode(values)) == django.decode(ours.encode(values)) == values


@pytest.mark.parametrize("place", [0, 5, -1])
def test_what_was_touched_or_sealed_elsewhere_opens_nothing(place):
    sealed = signing.dumps({"_auth_user_id": "7"}, salt="here")
    touched = list(sealed)
    touched[place] = "A" if touched[place] != "A" else "B"
    assert opened("".join(touched), "here") is None
    assert opened(sealed, "elsewhere") is None
    assert opened("", "here") is None
    assert opened("学分", "here") is None
    assert SessionStore().decode("".join(touched)) == {}


def test_a_session_sealed_under_the_key_before_is_read_as_long_as_that_key_is_named(settings):
    store = SessionStore()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    kept = store.encode({"a": 1})
    settings.SECRET_KEY = "the key that follows it"
    assert opened(kept, store.key_salt) is None
    assert store.decode(kept) == {"a": 1}
    settings.SECRET_KEY_FALLBACKS = []
    assert store.decode(kept) == {}


def test_a_password_ends_sessions_as_with_django(settings):
    user = models.User(password="scrypt$1$2$3")
    key = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
    assert user.get_session_auth_hash() == salted_hmac(key, user.password, algorithm="sha256").hexdigest()
    settings.SECRET_KEY_FALLBACKS = ["before"]
    before = salted_hmac(key, user.password, "before", algorithm="sha256").hexdigest()
    assert [*user.get_session_auth_fallback_hash()] == [before]
