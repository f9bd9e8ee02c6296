"""The WSGI application that the web server loads."""

from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries

application = get_wsgi_application()
# What Django does at either end of every request and has no use here: no queries are written down, the cache is a table
# and holds nothing open, and a connection is looked at when the next request begins.
request_started.disconnect(reset_queries)
request_finished.disconnect(close_caches)
request_finished.disconnect(close_old_connections)
