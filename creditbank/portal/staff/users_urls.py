"""Addresses of API clients, reset slips and the sign-ins of colleagues."""

from django.urls import path

from creditbank.portal.staff import users, users_sign_in

urlpatterns = [
    path("staff/organizations/<str:organization>/clients", users.clients, name="clients"),
    path(
        "staff/organizations/<str:organization>/clients/<str:client>/revoke", users.client_revoke, name="client_revoke"
    ),
    path("staff/users/<str:user>/reset", users.reset, name="user_reset"),
    path("staff/users/<str:user>/sign-in", users_sign_in.sign_in, name="user_sign_in"),
]
