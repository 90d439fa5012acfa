"""A request of somebody who is signed in, as views behind the login see it."""

from accounts.models import User
from common.http import HtmxRequest


class Request(HtmxRequest):
    """``SignInMiddleware`` lets no other request through to them."""

    user: User
