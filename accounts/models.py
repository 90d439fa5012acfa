"""Logins, sessions and personal settings. What a person may do follows from the role in ``staff``, never from here."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from common.fields import ForeignKeyAction, Index, TextColumn, UlidKey, timestamp
from staff.models import Role, Staff


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username):
        return self.select_related("staff").get(staff__email=username.strip().lower())


class User(AbstractBaseUser):
    """The login of one staff member; its key is the staff member's. The e-mail is the one in ``staff``."""

    staff = models.OneToOneField(
        Staff,
        models.CASCADE,
        primary_key=True,
        db_column="staff_id",
        db_constraint=False,
        related_name="login",
    )
    last_login = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "staff"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        db_table = "accounts_user"
        constraints = [
            ForeignKeyAction(
                name="fk_accounts_user_staff",
                column="staff_id",
                to_table="staff",
                to_column="staff_id",
                on_delete="CASCADE",
            ),
        ]

    def __str__(self) -> str:
        return self.staff.name

    def get_username(self) -> str:
        return self.staff.email

    def get_short_name(self) -> str:
        return self.staff.first_name

    def get_full_name(self) -> str:
        return self.staff.name

    def clean(self) -> None:
        """Nothing to normalise: the name to sign in with is the e-mail, and that is kept in ``staff``."""

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """May sign in: an active staff member who has not been removed."""
        return self.staff.is_signed_in_allowed

    @property
    def is_staff(self) -> bool:
        """May enter the Django admin."""
        return self.staff.role == Role.ADMIN

    def has_perm(self, perm, obj=None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label) -> bool:
        return self.is_staff


class Theme(models.TextChoices):
    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class AfterAction(models.TextChoices):
    NEXT = "next", "Go to the next item"
    STAY = "stay", "Stay on the item"
    LIST = "list", "Back to the list"


class Preferences(models.Model):
    """How one person likes to work. A missing row means the defaults."""

    staff = models.OneToOneField(
        Staff,
        models.CASCADE,
        primary_key=True,
        db_column="staff_id",
        db_constraint=False,
        related_name="preferences",
    )
    theme = TextColumn(choices=Theme.choices, default=Theme.SYSTEM, db_default="system")
    start_page = TextColumn(default="/inbox/", db_default="/inbox/")
    after_action = TextColumn(choices=AfterAction.choices, default=AfterAction.NEXT, db_default="next")
    single_keys = models.BooleanField("single letters as keys", default=True, db_default=True)

    class Meta:
        db_table = "accounts_preferences"
        verbose_name_plural = "preferences"
        constraints = [
            models.CheckConstraint(condition=models.Q(theme__in=Theme.values), name="accounts_preferences_theme_check"),
            models.CheckConstraint(
                condition=models.Q(after_action__in=AfterAction.values), name="accounts_preferences_after_action_check"
            ),
            ForeignKeyAction(
                name="fk_accounts_preferences_staff",
                column="staff_id",
                to_table="staff",
                to_column="staff_id",
                on_delete="CASCADE",
            ),
        ]

    def __str__(self) -> str:
        return f"Preferences of {self.staff_id}"


class Session(AbstractBaseSession):
    """A signed-in browser. ``session_key`` holds a digest of the cookie: reading this table signs nobody in."""

    staff_id = TextColumn(null=True, blank=True)
    user_agent = TextColumn(default="", db_default="", blank=True)
    created_at = timestamp(editable=False)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "accounts_session"
        indexes = [Index(fields=["staff_id"], name="idx_accounts_session_staff")]

    @classmethod
    def get_session_store_class(cls):
        from accounts.sessions import SessionStore

        return SessionStore


class SignInAttempt(models.Model):
    """A refused sign-in, kept for an hour to slow down guessing. Written by ``app.count_sign_in`` alone."""

    attempt_id = models.BigAutoField(primary_key=True)
    email = TextColumn()
    address = TextColumn()
    at = timestamp(editable=False)

    class Meta:
        db_table = "accounts_sign_in_attempt"
        indexes = [
            Index(fields=["email", "at"], name="idx_sign_in_attempt_email"),
            Index(fields=["address", "at"], name="idx_sign_in_attempt_address"),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.at:%H:%M}"


class SavedView(models.Model):
    """A list with its filters and order under a name: a tab on that list, for its owner or shared with all."""

    view_id = UlidKey()
    staff_id = TextColumn()
    page = TextColumn()
    name = TextColumn()
    query = TextColumn(default="", blank=True)
    is_shared = models.BooleanField("shared with everybody", default=False, db_default=False)
    is_default = models.BooleanField("opens with the list", default=False, db_default=False)
    created_at = timestamp(editable=False)

    class Meta:
        db_table = "accounts_saved_view"
        constraints = [
            models.UniqueConstraint(fields=["staff_id", "page", "name"], name="accounts_saved_view_name_once"),
            models.UniqueConstraint(
                fields=["staff_id", "page"],
                name="accounts_saved_view_one_default",
                condition=models.Q(is_default=True),
            ),
        ]
        indexes = [Index(fields=["page", "is_shared"], name="idx_accounts_saved_view_page")]

    def __str__(self) -> str:
        return self.name
