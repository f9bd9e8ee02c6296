"""Addresses of the pages on which rule books are written, read and published."""

from django.urls import path

from creditbank.portal.staff import rulebooks, rulebooks_editing, rulebooks_parts, rulebooks_preview

urlpatterns = [
    path("staff/rules/", rulebooks.desk, name="rule_desk"),
    path("staff/rules/new", rulebooks.new, name="rulebook_new"),
    path("staff/rules/template.xlsx", rulebooks.template, name="rulebook_template"),
    path("staff/rules/<slug:public_id>/", rulebooks.work, name="rulebook_work"),
    path("staff/rules/<slug:public_id>/act", rulebooks.act, name="rulebook_act"),
    path("staff/rules/<slug:public_id>/head", rulebooks_editing.head, name="rulebook_head"),
    path("staff/rules/<slug:public_id>/text", rulebooks_editing.text, name="rulebook_text"),
    path("staff/rules/<slug:public_id>/rules/<int:number>", rulebooks_editing.rule, name="rulebook_rule"),
    path("staff/rules/<slug:public_id>/caps/<int:number>", rulebooks_parts.cap, name="rulebook_cap"),
    path("staff/rules/<slug:public_id>/cases/<int:number>", rulebooks_parts.case, name="rulebook_case"),
    path("staff/rules/<slug:public_id>/drafted", rulebooks_parts.drafted, name="rulebook_drafted"),
    path("staff/rules/<slug:public_id>/preview", rulebooks_preview.preview, name="rulebook_preview"),
]
