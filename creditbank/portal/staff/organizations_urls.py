"""Addresses of the pages of organizations."""

from django.urls import path, register_converter

from creditbank.portal.staff import organizations, organizations_depositing


class Verb:
    """What can be done to an organization after asking once more."""

    regex = "|".join(organizations.ACTS)

    def to_python(self, value: str) -> str:
        """Return the verb."""
        return value

    def to_url(self, value: str) -> str:
        """Return the verb."""
        return value


register_converter(Verb, "organization_verb")

urlpatterns = [
    path("staff/organizations/", organizations.organizations, name="organizations"),
    path("staff/organizations/export.csv", organizations.export, name="organizations_export"),
    path("staff/organizations/new", organizations.new, name="organization_new"),
    path("staff/organizations/<slug:public_id>", organizations.organization, name="organization"),
    path("staff/organizations/<slug:public_id>/rename", organizations.rename, name="organization_rename"),
    path(
        "staff/organizations/<slug:public_id>/depositing",
        organizations_depositing.depositing,
        name="organization_depositing",
    ),
    path("staff/organizations/<slug:public_id>/<organization_verb:verb>", organizations.act, name="organization_act"),
]
