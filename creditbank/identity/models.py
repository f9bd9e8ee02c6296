"""Tables and constraints. Nothing is decided here."""

from datetime import datetime
from typing import ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, models

from creditbank.identity.rules import LOGIN_PATTERN
from creditbank.identity.seals import seal
from creditbank.identity.types import Client as ClientValue, User as UserValue, UserKind

ENDED_AT_ONCE: Final = 20
AUTH_SALT: Final = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"


class User(AbstractBaseUser):
    """A row of `identity_user`. Roles are not here: they are memberships, one storey up."""

    public_id = models.CharField(max_length=32)
    login = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True, default="")
    kind = models.CharField(max_length=8)
    organization_id = models.IntegerField(null=True)
    learner_id = models.BigIntegerField(null=True)
    account_number = models.CharField(max_length=15, null=True)  # noqa: DJ001  # unique where there is one
    language = models.CharField(max_length=2, blank=True, default="")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """Constraints carry the names that refusals are translated from."""

        app_label = "identity"
        db_table = "identity_user"
        constraints = [
            models.UniqueConstraint(name="user_login_unique", fields=["login"]),
            models.UniqueConstraint(name="user_public_id_unique", fields=["public_id"]),
            models.UniqueConstraint(name="user_learner_unique", fields=["learner_id"]),
            models.UniqueConstraint(name="user_account_number_unique", fields=["account_number"]),
            models.CheckConstraint(name="user_login_normal", condition=models.Q(login__regex=LOGIN_PATTERN)),
            models.CheckConstraint(name="user_language_known", condition=models.Q(language__in=["", "zh", "en"])),
            models.CheckConstraint(
                name="user_kind_matches",
                condition=models.Q(kind=UserKind.STAFF.value, organization_id__isnull=False, learner_id__isnull=True)
                | models.Q(kind=UserKind.LEARNER.value, organization_id__isnull=True, learner_id__isnull=False),
            ),
        ]
        indexes = [models.Index(name="user_organization", fields=["organization_id"])]

    def __str__(self) -> str:
        """Name the row by its number: names of people do not belong into logs."""
        return f"user {self.pk}"

    @classmethod
    def columns(cls) -> list[str]:
        """Return the names of all columns, as `from_db` takes a row of them."""
        return [field.attname for field in cls._meta.concrete_fields]

    @property
    def is_staff(self) -> bool:
        """Answer libraries that ask for Django's admin flag: there is no admin here."""
        return False

    @property
    def is_superuser(self) -> bool:
        """Answer libraries that ask: nobody stands above the permissions."""
        return False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what ends every session when the password changes, as Django makes it."""
        return seal(AUTH_SALT, self.password, secret).hex()

    def get_full_name(self) -> str:
        """Return the person's name."""
        return self.name

    def as_value(self) -> UserValue:
        """Return the plain value; the row itself does not leave the room, but as `request.user`."""
        return UserValue(
            id=self.pk,
            public_id=self.public_id,
            login=self.login,
            name=self.name,
            email=self.email,
            kind=UserKind(self.kind),
            organization_id=self.organization_id,
            learner_id=self.learner_id,
            language=self.language,
            is_active=self.is_active,
            must_change_password=self.must_change_password,
            last_login=self.last_login,
        )

    def record_password(self, password: str, *, must_change: bool) -> None:
        """Write a new password; every session of the user ends by it."""
        self.set_password(password)
        self.must_change_password = must_change
        self.save(update_fields=["password", "must_change_password"])

    def record_email(self, email: str) -> None:
        """Write where mail reaches the person, or that it does not."""
        self.email = email
        self.save(update_fields=["email"])

    @classmethod
    def signing_in_by(cls, name: str, *, lock: bool = False) -> "User | None":
        """Return who signs in by a name in its normal form: a sign-in name, else the account number of a learner."""
        rows = cls.objects.select_for_update(of=("self",)) if lock else cls.objects.all()
        return rows.filter(login=name).first() or rows.filter(account_number=name).first()

    def record_active(self, *, active: bool) -> None:
        """Open or close the sign-in."""
        self.is_active = active
        self.save(update_fields=["is_active"])


class Client(models.Model):
    """A row of `identity_client`: a program that calls the API, known by the digest of its key."""

    public_id = models.CharField(max_length=32)
    organization_id = models.IntegerField()
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.BinaryField(max_length=32)
    reads_worth = models.BooleanField(default=False)
    hands_in = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        """Who and when come in a pair."""

        app_label = "identity"
        db_table = "identity_client"
        constraints = [
            models.UniqueConstraint(name="client_public_id_unique", fields=["public_id"]),
            models.UniqueConstraint(name="client_digest_unique", fields=["digest"]),
            models.CheckConstraint(
                name="client_revoked_pair",
                condition=models.Q(revoked_at__isnull=True, revoked_by="")
                | (models.Q(revoked_at__isnull=False) & ~models.Q(revoked_by="")),
            ),
        ]
        indexes = [models.Index(name="client_organization", fields=["organization_id"])]

    def __str__(self) -> str:
        """Name the row by the part of its key that may be shown."""
        return self.prefix

    def as_value(self) -> ClientValue:
        """Return the plain value; the row itself does not leave the room."""
        return ClientValue(
            id=self.pk,
            public_id=self.public_id,
            organization_id=self.organization_id,
            name=self.name,
            prefix=self.prefix,
            created_at=self.created_at,
            revoked_at=self.revoked_at,
            reads_worth=self.reads_worth,
            hands_in=self.hands_in,
        )

    def record_revoked(self, *, by: str, at: datetime) -> None:
        """End the key, for good."""
        self.revoked_by = by
        self.revoked_at = at
        self.save(update_fields=["revoked_by", "revoked_at"])


class ResetCode(models.Model):
    """A row of `identity_reset`: the digest of one code, of which a user has at most one open."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One open code a user: issuing another withdraws the first."""

        app_label = "identity"
        db_table = "identity_reset"
        constraints = [
            models.UniqueConstraint(
                name="reset_one_open",
                fields=["user"],
                condition=models.Q(used_at__isnull=True, withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="reset_ends_once", condition=models.Q(used_at__isnull=True) | models.Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        """Name the row by its user."""
        return f"reset of user {self.user_id}"

    def record_used(self, *, at: datetime) -> None:
        """Mark the code as used."""
        self.used_at = at
        self.save(update_fields=["used_at"])

    def record_withdrawn(self, *, at: datetime) -> None:
        """Mark the code as replaced by a later one."""
        self.withdrawn_at = at
        self.save(update_fields=["withdrawn_at"])


COUNT_SQL: Final = (
    "INSERT INTO identity_attempts AS a (key, ends_at, count) VALUES (%(key)s, %(ends)s, 1) "
    "ON CONFLICT (key) DO UPDATE SET count = CASE WHEN a.ends_at <= %(now)s THEN 1 ELSE a.count + 1 END, "
    "ends_at = CASE WHEN a.ends_at <= %(now)s THEN EXCLUDED.ends_at ELSE a.ends_at END RETURNING count, ends_at"
)


class Attempts(models.Model):
    """A row of `identity_attempts`: how often somebody tried at a gate within a span; counted by one statement."""

    key = models.BinaryField(max_length=32, primary_key=True)
    ends_at = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        """Rows whose span is over are found by its end and deleted."""

        app_label = "identity"
        db_table = "identity_attempts"
        indexes = [models.Index(name="attempts_ended", fields=["ends_at"])]

    def __str__(self) -> str:
        """Name the row by its count: whose it is, nobody can read."""
        return f"{self.count} attempts"

    @classmethod
    def record_one(cls, *, key: bytes, ends: datetime, now: datetime) -> tuple[int, datetime]:
        """Count one more, from the beginning where the span is over; return how many there are and when it ends."""
        with connection.cursor() as cursor:
            cursor.execute(COUNT_SQL, {"key": key, "ends": ends, "now": now})
            count, ends_at = cursor.fetchone()
        return count, ends_at

    @classmethod
    def record_forgiven(cls, *, key: bytes) -> None:
        """Take one back."""
        cls.objects.filter(key=key, count__gt=0).update(count=models.F("count") - 1)

    @classmethod
    def delete_ended(cls, *, now: datetime) -> None:
        """Delete some rows whose span is over, as many as keep the table small; those in use are left to the next."""
        ended = cls.objects.filter(ends_at__lte=now).order_by("ends_at", "key").select_for_update(skip_locked=True)
        cls.objects.filter(key__in=[row.key for row in ended[:ENDED_AT_ONCE]], ends_at__lte=now).delete()
