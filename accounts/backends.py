"""How a session's key becomes the person who is signed in."""

from django.contrib.auth.backends import BaseBackend

from accounts.queries import login_of


class StaffBackend(BaseBackend):
    """Loads the login with its staff row and preferences in one query, under the person's own principal.

    A person who is suspended, inactive or removed has no principal, so the query finds nothing and the session ends.
    """

    def get_user(self, user_id):
        user = login_of(user_id)
        return user if user is not None and user.is_active else None
