"""Addresses of API clients and reset slips."""

from django.urls import path

from creditbank.portal.staff import users

urlpatterns = [
    path("staff/organizations/<str:organization>/clients", users.clients, name="clients"),
    path(
        "staff/organizations/<str:organization>/clients/<str:client>/revoke", users.client_revoke, name="client_revoke"
    ),
    path("staff/users/<str:user>/reset", users.reset, name="user_reset"),
]
