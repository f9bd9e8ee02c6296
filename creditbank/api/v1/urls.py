"""Addresses of version 1."""

from django.urls import path

from creditbank.api.v1 import archives, conversion, deposits, register, uploads

urlpatterns = [
    path("simulate", conversion.simulate, name="api_simulate"),
    path("replay", conversion.replay, name="api_replay"),
    path("worth", archives.worth, name="api_worth"),
    path("plan", archives.plan, name="api_plan"),
    path("learners/<slug:number>/worth", archives.learner_worth, name="api_learner_worth"),
    path("deposits", deposits.deposits, name="api_deposits"),
    path("deposits/<slug:public_id>", deposits.deposit, name="api_deposit"),
    path("deposits/<slug:public_id>/refused", deposits.refused, name="api_deposit_refused"),
    path("deposits/<slug:public_id>/receipt", deposits.receipt, name="api_deposit_receipt"),
    path("deposits/<slug:public_id>/submit", deposits.submit, name="api_deposit_submit"),
    path("uploads", uploads.uploads, name="api_uploads"),
    path("uploads/<slug:public_id>", uploads.upload, name="api_upload"),
    path("uploads/<slug:public_id>/finish", uploads.finish, name="api_upload_finish"),
    path("register/certificates", register.certificates, name="api_certificates"),
    path("register/confirm", register.confirm, name="api_confirm"),
    path("rules", conversion.rules, name="api_rules"),
    path("rules/<slug:public_id>", conversion.rule_book, name="api_rule_book"),
    path("rules/<slug:public_id>/ruling", conversion.ruling, name="api_ruling"),
]
