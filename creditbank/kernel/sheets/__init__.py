"""Tables from outside: what may be opened at all, and the text in it. Rooms decide what the cells mean."""
