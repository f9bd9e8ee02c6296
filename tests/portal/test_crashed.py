"""The page for a fault of ours stands alone: what it tells does not depend on how far the request had come."""

from django.http import HttpRequest

from creditbank.portal.public import errors


def test_a_fault_before_anybody_is_known_still_gets_its_page_and_number():
    request = HttpRequest()
    assert not hasattr(request, "actor")
    bare = errors.crashed(request)
    assert bare.status_code == 500
    assert "这件事没有办成" in bare.content.decode()
    request.number = "7KQ4A1B2"
    assert "7KQ4A1B2" in errors.crashed(request).content.decode()
    assert "7KQ4A1B2" not in bare.content.decode()
