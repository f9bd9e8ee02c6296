-- in_force: the entries of some learners in force, often of one: the highest revision of posted batches.
-- Filters on the learners first, so that one learner's stay on one node. An account that lives on in another has none.
SELECT DISTINCT ON (e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part)
       e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision,
       e.posting_id, e.leaf, e.enrolment, e.credits, e.unit_id, e.hours, e.grade, e.grade_scale,
       e.salt, e.commitment, p.posted_at, p.reference
  FROM archive_entry e
  JOIN archive_posting p ON p.id = e.posting_id
 WHERE e.learner_id = ANY(%(learner_ids)s) AND p.posted_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM archive_moved m WHERE m.learner_id = e.learner_id)
 ORDER BY e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision DESC;

-- stored: what one institution has stored for many learners, newest revision first, whether visible or not.
SELECT DISTINCT ON (e.learner_id, e.specification_id, e.obtained, e.part)
       e.learner_id, e.specification_id, e.obtained, e.part, e.revision,
       e.credits, e.unit_id, e.hours, e.grade, e.grade_scale
  FROM archive_entry e
 WHERE e.learner_id = ANY(%(learner_ids)s) AND e.organization_id = %(organization_id)s
 ORDER BY e.learner_id, e.specification_id, e.obtained, e.part, e.revision DESC;

-- leaves: the commitments of one batch in the order of its tree, those of erased entries among them.
SELECT commitment
  FROM (SELECT leaf, commitment FROM archive_entry WHERE posting_id = %(posting_id)s
        UNION ALL
        SELECT leaf, commitment FROM archive_erased WHERE posting_id = %(posting_id)s) AS tree
 ORDER BY leaf;

-- all_leaves: the commitments of every batch, each in the order of its tree; the whole book, for a check after a restore.
SELECT posting_id, commitment
  FROM (SELECT posting_id, leaf, commitment FROM archive_entry
        UNION ALL
        SELECT posting_id, leaf, commitment FROM archive_erased) AS trees
 ORDER BY posting_id, leaf;

-- under_way: whether any of these learners has entries in a batch that is not posted yet.
SELECT EXISTS (SELECT FROM archive_entry e JOIN archive_posting p ON p.id = e.posting_id
                WHERE e.learner_id = ANY(%(learner_ids)s) AND p.posted_at IS NULL);

-- late: the entries that a batch wrote for accounts that were merged meanwhile; found by the few merged accounts.
SELECT e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision,
       e.posting_id, e.leaf, e.enrolment, e.credits, e.unit_id, e.hours, e.grade, e.grade_scale, p.posted_at
  FROM archive_moved m
  JOIN archive_entry e ON e.learner_id = m.learner_id
  JOIN archive_posting p ON p.id = e.posting_id
 WHERE e.posting_id = %(posting_id)s
 ORDER BY e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision;

-- taken: every key that a learner has in the book, visible or not.
SELECT DISTINCT learner_id, organization_id, specification_id, obtained, part
  FROM archive_entry WHERE learner_id = %(learner_id)s;

-- keep_commitments: what the proofs of all others need stays when entries are erased.
INSERT INTO archive_erased (posting_id, leaf, commitment)
SELECT posting_id, leaf, commitment FROM archive_entry WHERE learner_id = ANY(%(learner_ids)s);

-- figures: entries in force and accounts that hold any, for the public home page. The rows of merged accounts
-- are in the book twice and count once; there are few such accounts, so leaving them out costs next to nothing.
SELECT count(*) AS entries, count(DISTINCT learner_id) AS learners
  FROM archive_entry e JOIN archive_posting p ON p.id = e.posting_id
 WHERE p.posted_at IS NOT NULL AND e.revision = 0
   AND NOT EXISTS (SELECT FROM archive_moved m WHERE m.learner_id = e.learner_id);

-- sources: entries and learners of one institution, posted batches only.
SELECT count(*), count(DISTINCT learner_id), coalesce(sum(e.credits), 0)
  FROM archive_entry e JOIN archive_posting p ON p.id = e.posting_id
 WHERE p.posted_at IS NOT NULL AND e.organization_id = %(organization_id)s AND e.revision = 0
   AND NOT EXISTS (SELECT FROM archive_moved m WHERE m.learner_id = e.learner_id);
