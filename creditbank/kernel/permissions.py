"""Every permission of the bank, in one alphabetical list: <room>:<thing>:<verb>."""

from enum import StrEnum


class Permission(StrEnum):
    """What may be granted. Roles, in organizations/types.py, are sets of these."""

    ARCHIVE_ENTRY_VIEW = "archive:entry:view"
    CATALOGUE_SPECIFICATION_EDIT = "catalogue:specification:edit"
    CATALOGUE_SPECIFICATION_PROPOSE = "catalogue:specification:propose"
    CONVERSION_BOOK_DRAFT = "conversion:book:draft"
    CONVERSION_BOOK_PUBLISH = "conversion:book:publish"
    CONVERSION_BOOK_READ = "conversion:book:read"
    DEPOSITS_BATCH_APPROVE = "deposits:batch:approve"
    DEPOSITS_BATCH_UPLOAD = "deposits:batch:upload"
    DEPOSITS_BATCH_VIEW = "deposits:batch:view"
    ENROLMENTS_ENROLMENT_LOAD = "enrolments:enrolment:load"
    ENROLMENTS_ENROLMENT_VIEW = "enrolments:enrolment:view"
    FRAMEWORK_EDITION_EDIT = "framework:edition:edit"
    IDENTITY_CLIENT_MANAGE = "identity:client:manage"
    IDENTITY_USER_MANAGE = "identity:user:manage"
    LEARNERS_ACCOUNT_CLAIM = "learners:account:claim"
    LEARNERS_ACCOUNT_CLOSE = "learners:account:close"
    LEARNERS_ACCOUNT_CORRECT = "learners:account:correct"
    LEARNERS_ACCOUNT_ERASE = "learners:account:erase"
    LEARNERS_ACCOUNT_MERGE = "learners:account:merge"
    LEARNERS_ACCOUNT_OPEN = "learners:account:open"
    LEARNERS_ACCOUNT_OPEN_BULK = "learners:account:open-bulk"
    LEARNERS_ACCOUNT_VIEW = "learners:account:view"
    LEARNERS_DOCUMENT_UNMASK = "learners:document:unmask"
    ORGANIZATIONS_MEMBER_MANAGE = "organizations:member:manage"
    ORGANIZATIONS_ORGANIZATION_MANAGE = "organizations:organization:manage"
    ORGANIZATIONS_ORGANIZATION_VIEW = "organizations:organization:view"
