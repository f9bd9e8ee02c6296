"""Tables and constraints. Nothing is decided here."""

from django.db import models


class OutboxFact(models.Model):
    """A fact that is committed but not yet numbered by the sequencer. Inserted, never updated."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=64)
    at = models.DateTimeField()
    body = models.JSONField()
    salt = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=33)

    class Meta:
        """The name is checked, so that no fact without a version can be written."""

        app_label = "evidence"
        db_table = "evidence_outbox"
        constraints = [
            models.CheckConstraint(
                name="outbox_name_versioned", condition=models.Q(name__regex=r"^[a-z_]+\.[a-z_]+\.v[0-9]+$")
            ),
        ]

    def __str__(self) -> str:
        """Name the row by what happened."""
        return self.name
