"""The table of Django's database cache, as `createcachetable` makes it: counters of sign-in attempts live here."""

from django.db import migrations

CREATE = """
CREATE TABLE identity_cache (
    cache_key varchar(255) NOT NULL CONSTRAINT identity_cache_pkey PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX identity_cache_expires ON identity_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [migrations.RunSQL(sql=CREATE, reverse_sql="DROP TABLE identity_cache")]
