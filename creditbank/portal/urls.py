"""All addresses of the portal, gathered from the files of its pages."""

from creditbank.portal.admission import admitting
from creditbank.portal.learner import archive_urls, certificates_urls, export_urls, my_data_urls, worth_urls
from creditbank.portal.public import (
    account_urls,
    catalogue_urls,
    certificate_check_urls,
    claiming_urls,
    home_urls,
    occupations_urls,
    programmes_urls,
    roots_urls,
    rulebooks_urls,
    ways_urls,
)
from creditbank.portal.staff import (
    accounts_urls,
    batch_decisions_urls,
    batches_urls,
    catalogue_urls as specifications_urls,
    enrolments_urls,
    merging_urls,
    organizations_urls,
    people_lists_urls,
    people_urls,
    profiles_urls,
    programmes_urls as publishing_urls,
    register_urls,
    rulebooks_urls as rule_writing_urls,
    users_urls,
    waiting_urls,
)

#: In this order addresses are looked for: what every learner opens stands before what a few do.
PARTS = (
    home_urls,
    archive_urls,
    account_urls,
    catalogue_urls,
    programmes_urls,
    occupations_urls,
    rulebooks_urls,
    roots_urls,
    claiming_urls,
    certificates_urls,
    certificate_check_urls,
    my_data_urls,
    export_urls,
    worth_urls,
    ways_urls,
    accounts_urls,
    waiting_urls,
    batches_urls,
    batch_decisions_urls,
    profiles_urls,
    register_urls,
    specifications_urls,
    publishing_urls,
    rule_writing_urls,
    people_lists_urls,
    enrolments_urls,
    merging_urls,
    organizations_urls,
    people_urls,
    users_urls,
)
urlpatterns = [admitting(pattern) for part in PARTS for pattern in part.urlpatterns]
