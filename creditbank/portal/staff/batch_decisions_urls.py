"""Addresses of the pages of what people decide about a batch."""

from django.urls import path

from creditbank.portal.staff import batch_decisions as decisions

urlpatterns = [
    path("deposits/<slug:public_id>/sample", decisions.sample, name="batch_sample"),
    path("deposits/<slug:public_id>/sample/<int:number>", decisions.original, name="batch_original"),
    path("deposits/<slug:public_id>/corrections", decisions.corrections, name="batch_corrections"),
    path("deposits/<slug:public_id>/choose", decisions.choose, name="batch_choose"),
    path("deposits/<slug:public_id>/withdrawal", decisions.withdrawal, name="batch_withdrawal"),
]
