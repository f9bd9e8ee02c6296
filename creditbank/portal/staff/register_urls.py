"""Addresses of the register of certificates."""

from django.urls import path

from creditbank.portal.staff import register

urlpatterns = [
    path("register/", register.register, name="register"),
    path("register/new", register.load, name="register_load"),
    path("register/template.csv", register.template, name="register_template"),
    path("register/certificate", register.certificate, name="register_certificate"),
    path("register/lists/<slug:public_id>", register.one_list, name="register_list"),
    path("register/lists/<slug:public_id>/refused", register.refused, name="register_refused"),
    path("register/lists/<slug:public_id>/submit", register.submit, name="register_submit"),
    path("register/lists/<slug:public_id>/review", register.review, name="register_review"),
    path("register/lists/<slug:public_id>/cancel", register.cancel, name="register_cancel"),
    path("register/lists/<slug:public_id>/reopen", register.reopen, name="register_reopen"),
    path("register/wishes/<slug:public_id>", register.wish, name="register_wish"),
]
