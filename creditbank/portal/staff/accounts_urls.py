"""Addresses of the pages of accounts."""

from django.urls import path

from creditbank.portal.staff import accounts, accounts_cases as cases, accounts_reset

urlpatterns = [
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/find", accounts.find, name="account_find"),
    path("accounts/new", accounts.open_account, name="account_open"),
    path("accounts/reset", accounts_reset.sign_in_reset, name="sign_in_reset"),
    path("accounts/applications/", cases.applications, name="applications"),
    path("accounts/applications/<slug:public_id>", cases.application, name="application"),
    path("accounts/repairs/", cases.repairs, name="repairs"),
    path("accounts/repairs/<slug:public_id>", cases.repair, name="repair"),
    path("accounts/<str:number>", accounts.account, name="account"),
    path("accounts/<str:number>/unmask", accounts.unmask, name="account_unmask"),
    path("accounts/<str:number>/name", accounts.correct_name, name="account_name"),
    path("accounts/<str:number>/document", accounts.replace_document, name="account_document"),
    path("accounts/<str:number>/alias", accounts.alias, name="account_alias"),
    path("accounts/<str:number>/claim", accounts.claim, name="account_claim"),
    path("accounts/<str:number>/code", accounts.claim_code, name="account_code"),
    path("accounts/<str:number>/standing", accounts.standing, name="account_standing"),
    path("accounts/<str:number>/group", accounts.group, name="account_group"),
]
