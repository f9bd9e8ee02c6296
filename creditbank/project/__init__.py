"""How the rooms are put together for one running bank: settings, addresses, the WSGI application."""
