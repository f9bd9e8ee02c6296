"""Addresses of what a learner's archive is worth."""

from django.urls import path

from creditbank.portal.learner import audit, worth

urlpatterns = [
    path("worth/", worth.worth, name="worth"),
    path("worth/<slug:public_id>/", worth.plan, name="plan"),
    path("worth/<slug:public_id>/plan.json", worth.plan_file, name="plan_file"),
    path("goal/", worth.goal, name="goal"),
    path("audit/", audit.audit, name="audit"),
]
