-- archive: what posted batches tell of one learner, a line for each state, in no order, and a line with nothing but who
-- the learner is and the number of the newest renaming of organizations: what these and courses are called, a process
-- knows. What was withdrawn since is there too, and says whether it ends what stood before. An account that lives on
-- in another has none.
SELECT e.organization_id, e.specification_id, e.obtained, e.part, e.revision, p.id,
       e.grade_scale, e.grade, e.credits, e.hours, e.unit_id, CASE WHEN p.withdrawn_at IS NOT NULL THEN p.ends END,
       CASE WHEN EXISTS (SELECT FROM archive_claim c WHERE c.learner_id = $1) THEN (
            SELECT c.kind FROM archive_claim c
             WHERE c.learner_id = e.learner_id AND c.organization_id = e.organization_id
               AND c.specification_id = e.specification_id AND c.obtained = e.obtained AND c.part = e.part
             ORDER BY c.scope DESC LIMIT 1) END,
       NULL::bigint, NULL::text, NULL::bigint
  FROM archive_entry e
  JOIN archive_posting p ON p.id = e.posting_id
 WHERE e.learner_id = $1 AND p.posted_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM archive_moved m WHERE m.learner_id = $1)
 UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       l.account_number, l.name, (SELECT n.renamed FROM organizations_naming n)
  FROM learners_learner l
 WHERE l.learner_id = $1;

-- in_force: the entries of some learners in force, often of one: the highest revision of batches posted and not withdrawn.
-- Where that is one that ends what stood before, there is none. Filters on the learners first, so that one learner's
-- stay on one node. An account that lives on in another has none.
SELECT f.*
  FROM (
       SELECT DISTINCT ON (e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part)
              e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision,
              e.posting_id, e.leaf, e.enrolment, e.credits, e.unit_id, e.hours, e.grade, e.grade_scale,
              e.salt, e.commitment, p.posted_at, p.withdrawn_at, p.reference
         FROM archive_entry e
         JOIN archive_posting p ON p.id = e.posting_id
        WHERE e.learner_id = ANY(%(learner_ids)s) AND p.posted_at IS NOT NULL AND (p.withdrawn_at IS NULL OR p.ends)
          AND NOT EXISTS (SELECT FROM archive_moved m WHERE m.learner_id = e.learner_id)
        ORDER BY e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision DESC) AS f
 WHERE f.withdrawn_at IS NULL
 ORDER BY f.learner_id, f.organization_id, f.specification_id, f.obtained, f.part;

-- withdrawn: the entries of some learners that stand nowhere any more, each as it last stood: what counted until its
-- batch was withdrawn, and has no other revision in force. In the order of keys.
SELECT DISTINCT ON (e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part)
       e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision,
       e.posting_id, e.leaf, e.enrolment, e.credits, e.unit_id, e.hours, e.grade, e.grade_scale,
       e.salt, e.commitment, p.posted_at, p.withdrawn_at, p.reference, p.number
  FROM archive_entry e
  JOIN archive_posting p ON p.id = e.posting_id
 WHERE e.learner_id = ANY(%(learner_ids)s) AND p.withdrawn_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM archive_moved m WHERE m.learner_id = e.learner_id)
   AND (
       SELECT q.withdrawn_at FROM archive_entry o JOIN archive_posting q ON q.id = o.posting_id
        WHERE o.learner_id = e.learner_id AND o.organization_id = e.organization_id
          AND o.specification_id = e.specification_id AND o.obtained = e.obtained AND o.part = e.part
          AND q.posted_at IS NOT NULL
        ORDER BY (q.withdrawn_at IS NULL OR q.ends) DESC, o.revision DESC LIMIT 1) IS NOT NULL
 ORDER BY e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision DESC;

-- stored: what one institution has stored for many learners, newest revision first, whether visible or not.
SELECT DISTINCT ON (e.learner_id, e.specification_id, e.obtained, e.part)
       e.learner_id, e.specification_id, e.obtained, e.part, e.revision,
       e.credits, e.unit_id, e.hours, e.grade, e.grade_scale, true AS standing
  FROM archive_entry e
 WHERE e.learner_id = ANY(%(learner_ids)s) AND e.organization_id = %(organization_id)s
   AND e.obtained BETWEEN %(first)s AND %(last)s
 ORDER BY e.learner_id, e.specification_id, e.obtained, e.part, e.revision DESC;

-- stored_beside_withdrawn: the same of an institution that has withdrawn batches: the values are those of the newest
-- revision that is not withdrawn, the number is the highest that is taken; `standing` is false where all is withdrawn,
-- or a later one has `ended` it.
SELECT DISTINCT ON (e.learner_id, e.specification_id, e.obtained, e.part)
       e.learner_id, e.specification_id, e.obtained, e.part,
       max(e.revision) OVER (PARTITION BY e.learner_id, e.specification_id, e.obtained, e.part) AS revision,
       e.credits, e.unit_id, e.hours, e.grade, e.grade_scale, e.posting_id <> ALL(%(withdrawn)s)
           AND e.revision > coalesce(max(e.revision) FILTER (WHERE e.posting_id = ANY(%(ended)s))
                            OVER (PARTITION BY e.learner_id, e.specification_id, e.obtained, e.part), -1) AS standing
  FROM archive_entry e
 WHERE e.learner_id = ANY(%(learner_ids)s) AND e.organization_id = %(organization_id)s
   AND e.obtained BETWEEN %(first)s AND %(last)s
 ORDER BY e.learner_id, e.specification_id, e.obtained, e.part, e.posting_id = ANY(%(withdrawn)s), e.revision DESC;

-- stored_elsewhere: what other institutions have stored of some specifications and not withdrawn, visible or not, of
-- each achievement the first stored.
SELECT DISTINCT ON (f.learner_id, f.specification_id, f.obtained, f.part)
       f.learner_id, f.organization_id, f.specification_id, f.obtained, f.part, f.revision, f.posting_id,
       f.credits, f.hours, f.grade, f.grade_scale, f.unit_id, f.enrolment
  FROM (
       SELECT DISTINCT ON (e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part)
              e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision, e.posting_id,
              e.credits, e.hours, e.grade, e.grade_scale, e.unit_id, e.enrolment, p.withdrawn_at
         FROM archive_entry e
         JOIN archive_posting p ON p.id = e.posting_id
        WHERE e.learner_id = ANY(%(learner_ids)s) AND e.specification_id = ANY(%(specification_ids)s)
          AND e.organization_id <> %(organization_id)s AND (p.withdrawn_at IS NULL OR p.ends)
        ORDER BY e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision DESC) AS f
 WHERE f.withdrawn_at IS NULL
 ORDER BY f.learner_id, f.specification_id, f.obtained, f.part, f.posting_id, f.organization_id;

-- claimed_of: how many entries of some batches are held and used now; what is claimed now is little, whatever they are.
SELECT c.kind, count(DISTINCT (c.learner_id, c.specification_id, c.obtained, c.part)) AS entries
  FROM archive_claim c
  JOIN archive_entry e ON e.learner_id = c.learner_id AND e.organization_id = c.organization_id
   AND e.specification_id = c.specification_id AND e.obtained = c.obtained AND e.part = c.part
 WHERE c.organization_id = ANY(%(organization_ids)s) AND e.posting_id = ANY(%(posting_ids)s)
 GROUP BY c.kind;

-- corrected_of: how many entries of some batches have a later revision in another that is not withdrawn, posted or not.
SELECT count(DISTINCT (o.learner_id, o.organization_id, o.specification_id, o.obtained, o.part)) AS entries
  FROM archive_entry o
  JOIN archive_posting q ON q.id = o.posting_id
 WHERE o.organization_id = ANY(%(organization_ids)s) AND o.revision > 0
   AND o.posting_id <> ALL(%(posting_ids)s) AND q.withdrawn_at IS NULL
   AND EXISTS (
       SELECT FROM archive_entry e
        WHERE e.learner_id = o.learner_id AND e.organization_id = o.organization_id
          AND e.specification_id = o.specification_id AND e.obtained = o.obtained AND e.part = o.part
          AND e.revision < o.revision AND e.posting_id = ANY(%(posting_ids)s));

-- converted_of: how many entries of some batches another that stands, or is coming, says it was converted from.
SELECT count(DISTINCT (e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part)) AS entries
  FROM archive_provenance v
  JOIN archive_posting q ON q.id = v.posting_id
  JOIN archive_entry e ON e.learner_id = v.learner_id AND e.organization_id = v.source_organization_id
   AND e.specification_id = v.source_specification_id AND e.obtained = v.source_obtained AND e.part = v.source_part
 WHERE e.posting_id = ANY(%(posting_ids)s) AND v.posting_id <> ALL(%(posting_ids)s) AND q.withdrawn_at IS NULL;

-- moved_of: how many entries of some batches are of accounts that were merged since; found by the few merged accounts.
SELECT count(*) AS entries
  FROM archive_moved m
  JOIN archive_entry e ON e.learner_id = m.learner_id
 WHERE e.posting_id = ANY(%(posting_ids)s);

-- corrections: entries of one batch that replaced an earlier value, a page of them in the order of its tree.
SELECT e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision,
       e.posting_id, e.leaf, e.enrolment, e.credits, e.unit_id, e.hours, e.grade, e.grade_scale, p.posted_at,
       b.revision AS old_revision, b.posting_id AS old_posting_id, b.leaf AS old_leaf, b.enrolment AS old_enrolment,
       b.credits AS old_credits, b.unit_id AS old_unit_id, b.hours AS old_hours, b.grade AS old_grade,
       b.grade_scale AS old_grade_scale, b.posted_at AS old_posted_at
  FROM archive_entry e
  JOIN archive_posting p ON p.id = e.posting_id
  JOIN LATERAL (
       SELECT o.*, q.posted_at FROM archive_entry o JOIN archive_posting q ON q.id = o.posting_id
        WHERE o.learner_id = e.learner_id AND o.organization_id = e.organization_id
          AND o.specification_id = e.specification_id AND o.obtained = e.obtained AND o.part = e.part
          AND o.revision < e.revision AND q.posted_at <= p.posted_at
          AND (q.withdrawn_at IS NULL OR q.withdrawn_at > p.posted_at)
        ORDER BY o.revision DESC LIMIT 1) AS b ON true
 WHERE e.posting_id = %(posting_id)s AND e.revision > 0
 ORDER BY e.leaf LIMIT %(most)s OFFSET %(first)s;

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

-- late: the entries that a batch wrote for accounts that were merged meanwhile; found by the few merged accounts, which
-- are asked for first: joined, a table that is empty as a rule and so has no statistics led to reading the whole batch.
SELECT e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision,
       e.posting_id, e.leaf, e.enrolment, e.credits, e.unit_id, e.hours, e.grade, e.grade_scale, p.posted_at
  FROM archive_entry e
  JOIN archive_posting p ON p.id = e.posting_id
 WHERE e.learner_id = ANY(ARRAY(SELECT learner_id FROM archive_moved)) AND e.posting_id = %(posting_id)s
 ORDER BY e.learner_id, e.organization_id, e.specification_id, e.obtained, e.part, e.revision;

-- taken: every key that some learners have in the book with its highest revision, visible or not, withdrawn or not.
SELECT learner_id, organization_id, specification_id, obtained, part, max(revision) AS revision
  FROM archive_entry WHERE learner_id = ANY(%(learner_ids)s)
 GROUP BY learner_id, organization_id, specification_id, obtained, part;

-- keep_commitments: what the proofs of all others need stays when entries are erased.
INSERT INTO archive_erased (posting_id, leaf, commitment)
SELECT posting_id, leaf, commitment FROM archive_entry WHERE learner_id = ANY(%(learner_ids)s);

-- figures: entries in force and accounts that hold any, for the public home page. The rows of merged accounts
-- are in the book twice and count once; there are few such accounts, so leaving them out costs next to nothing.
-- Of several revisions the lowest that stands counts: the first, but where its batch was withdrawn. `apart` are counted
-- one by one: those of whom a single entry was ended.
SELECT count(*) AS entries, count(DISTINCT learner_id) AS learners
  FROM archive_entry e JOIN archive_posting p ON p.id = e.posting_id
 WHERE p.posted_at IS NOT NULL AND p.withdrawn_at IS NULL AND e.learner_id <> ALL(%(apart)s)
   AND (e.revision = 0 OR NOT EXISTS (
       SELECT FROM archive_entry o JOIN archive_posting q ON q.id = o.posting_id
        WHERE o.learner_id = e.learner_id AND o.organization_id = e.organization_id
          AND o.specification_id = e.specification_id AND o.obtained = e.obtained AND o.part = e.part
          AND o.revision < e.revision AND q.posted_at IS NOT NULL AND q.withdrawn_at IS NULL))
   AND NOT EXISTS (SELECT FROM archive_moved m WHERE m.learner_id = e.learner_id);
