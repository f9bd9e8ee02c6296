"""All addresses of the portal, gathered from the files of its pages."""

from creditbank.portal.admission import admitting
from creditbank.portal.learner import archive_urls, export_urls, my_data_urls, worth_urls
from creditbank.portal.public import (
    account_urls,
    catalogue_urls,
    claiming_urls,
    home_urls,
    occupations_urls,
    programmes_urls,
    rulebooks_urls,
    ways_urls,
)
from creditbank.portal.staff import (
    accounts_urls,
    batches_urls,
    catalogue_urls as specifications_urls,
    enrolments_urls,
    merging_urls,
    organizations_urls,
    people_urls,
    programmes_urls as publishing_urls,
    rulebooks_urls as rule_writing_urls,
    users_urls,
)

PARTS = (
    home_urls,
    account_urls,
    catalogue_urls,
    programmes_urls,
    occupations_urls,
    rulebooks_urls,
    claiming_urls,
    archive_urls,
    my_data_urls,
    export_urls,
    worth_urls,
    ways_urls,
    accounts_urls,
    batches_urls,
    specifications_urls,
    publishing_urls,
    rule_writing_urls,
    enrolments_urls,
    merging_urls,
    organizations_urls,
    people_urls,
    users_urls,
)
urlpatterns = [admitting(pattern) for part in PARTS for pattern in part.urlpatterns]
