-- What the application and the eraser may do; renewed after every migration.
GRANT USAGE ON SCHEMA public TO {app}, {eraser};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {app};
-- The book, its journal and the facts are added to, never changed.
REVOKE UPDATE, DELETE, TRUNCATE ON archive_entry, archive_journal, archive_moved, archive_erased, archive_provenance,
    evidence_outbox FROM {app};
-- What an edition of the catalogue is called stays, so that every process keeps it once it has asked.
REVOKE UPDATE, DELETE, TRUNCATE ON catalogue_specification FROM {app};
GRANT UPDATE (status, ends) ON catalogue_specification TO {app};
-- The eraser deletes the rows of one learner and writes nothing. The application becomes the eraser for the length
-- of one transaction (SET LOCAL ROLE); on a server of your own, its administrator grants that once:
-- GRANT creditbank_eraser TO <role of DATABASE_URL> WITH INHERIT FALSE, SET TRUE
GRANT SELECT, DELETE ON archive_entry, archive_journal, archive_claim, archive_moved, archive_provenance TO {eraser};
GRANT SELECT, DELETE ON register_certificate, register_event, register_staged, register_refused_row, register_claim,
    register_ended, register_wish TO {eraser};
GRANT SELECT, DELETE ON enrolments_enrolment, enrolments_status TO {eraser};
GRANT SELECT, DELETE ON learners_learner, learners_key, learners_number, learners_document, learners_former_name,
    learners_attribute, learners_access, learners_claim_code, learners_repair, learners_application TO {eraser};
GRANT SELECT, DELETE ON identity_user, identity_reset, account_emailaddress, account_emailconfirmation,
    mfa_authenticator, usersessions_usersession, django_session TO {eraser};
