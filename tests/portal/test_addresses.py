"""Where addresses lead: what is remembered of one is no more than what the patterns say."""

import pytest
from django.urls import Resolver404, get_resolver, resolve
from django.utils import translation


@pytest.fixture
def known():
    [addresses] = get_resolver().url_patterns
    addresses.known.clear()
    return addresses.known


def test_an_address_leads_to_the_same_page_however_often_it_is_asked_for(known):
    first, second = resolve("/archive/"), resolve("/archive/")
    assert (first.func, first.url_name, first.kwargs) == (second.func, second.url_name, second.kwargs)
    assert list(known) == [("zh-hans", "archive/")]


def test_each_language_has_addresses_of_its_own(known):
    resolve("/archive/")
    with translation.override("en"):
        assert resolve("/en/archive/").url_name == "archive"
        with pytest.raises(Resolver404):
            resolve("/archive/")
    with pytest.raises(Resolver404):
        resolve("/en/archive/")
    assert len(known) == 2


def test_addresses_that_vary_or_lead_nowhere_are_not_kept(known):
    assert resolve("/archive/1-2-20240000-0").kwargs == {"key": "1-2-20240000-0"}
    for _ in range(2):
        with pytest.raises(Resolver404):
            resolve("/nowhere/")
    assert not known
