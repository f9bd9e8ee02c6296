"""What the tests of the pages of rule books do: sign in as somebody, open a page, take a step."""

from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from creditbank.conversion import queries
from creditbank.identity import operations as identity
from creditbank.kernel.actor import system
from creditbank.organizations import operations as organizations, queries as tree
from creditbank.organizations.types import Extent, Role

SYSTEM = system("command-line")


def sign_in(bank, client, now, login):
    place, role = {
        "he": (bank.school, Role.REGISTRAR),
        "shi": (bank.school, Role.REGISTRAR),
        "tao": (bank.school, Role.REGISTRAR),
        "zhu": (bank.school, Role.INSTITUTION_ADMINISTRATOR),
        "qin": (bank.other_school, Role.REGISTRAR),
        "xu": (bank.centre, Role.AUDITOR),
    }[login]
    users = get_user_model().objects.filter(login=f"{login}.test")
    user_id = users.values_list("pk", flat=True).first()
    if user_id is None:
        user_id = identity.create_staff(
            actor=SYSTEM,
            organization_id=place,
            login=f"{login}.test",
            name=f"{login}老师",
            password="slow-river-41",
            must_change_password=False,
            now=now,
        ).id
        organizations.appoint(
            actor=SYSTEM, organization_id=place, user_id=user_id, role=role, extent=Extent.UNIT, now=now
        )
    client.force_login(get_user_model().objects.get(pk=user_id))
    return client


def html(response, status=200):
    assert response.status_code == status, response.content.decode()[-3000:]
    return response.content.decode()


def page(client, name, status=200, lang="", **kwargs):
    return html(client.get(lang + reverse(name, kwargs=kwargs or None)), status)


def uploaded(client, bank, document):
    form = {
        "way": "file",
        "owner": tree.by_id(bank.school).public_id,
        "file": SimpleUploadedFile("book.json", queries.file_of(document, "json").content),
    }
    response = client.post(reverse("rulebook_new"), form)
    assert response.status_code == 302, response.content.decode()[-3000:]
    return response["Location"].rstrip("/").rpartition("/")[2]


def acts(client, public_id, act, status=302, **form):
    response = client.post(reverse("rulebook_act", kwargs={"public_id": public_id}), {"act": act} | form)
    return html(response, status)


def draft_of(client, public_id):
    return queries.details(SYSTEM, public_id)
