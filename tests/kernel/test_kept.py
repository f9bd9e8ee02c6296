"""What is kept is made once for each key, and never grows beyond its bound."""

from creditbank.kernel import kept
from creditbank.kernel.kept import Kept


def test_what_is_kept_is_made_once_of_its_key():
    asked = []
    doubled = Kept(lambda key: asked.append(key) or 2 * key)
    assert [doubled[3], doubled[4], doubled[3]] == [6, 8, 6]
    assert asked == [3, 4]


def test_beyond_the_bound_all_are_forgotten_and_made_again(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    squares = Kept(lambda key: key * key)
    for key in (*range(5), *range(5)):
        assert squares[key] == key * key
        assert len(squares) <= 2
