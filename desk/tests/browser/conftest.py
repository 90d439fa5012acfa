"""A real browser at the real pages, signed in; it fails on what a person would not see but must not be there."""

import os
import time

import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import User
from tests import factories
from tests.catalogue import scalar

PASSWORD = "a-password-of-tests"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the test's own thread


@pytest.fixture
def complaints():
    """What the browser complained of: script errors, breaches of the content policy, requests to other addresses.

    The line Chromium prints for a refused request (4xx) is left out: refusals are tested on purpose.
    """
    return []


@pytest.fixture
def watch(complaints, live_server):
    """Listen to a page's complaints."""

    def listen(page):
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on(
            "console",
            lambda line: (
                complaints.append(f"console: {line.text}")
                if line.type in ("error", "warning") and "status of 4" not in line.text
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                complaints.append(f"foreign: {request.url}") if not request.url.startswith(live_server.url) else None
            ),
        )
        return page

    return listen


@pytest.fixture
def desk(browser, live_server, watch, complaints):
    """``desk("operations", name="Priya Patel")`` gives (person, page at the inbox); other options go to the browser."""
    contexts = []

    def start(role="operations", name="Priya Patel", **options):
        person = factories.staff(role, name=name)
        User.objects.create(staff=person, password=make_password(PASSWORD))
        context = browser.new_context(
            base_url=live_server.url, **({"viewport": {"width": 1440, "height": 900}} | options)
        )
        contexts.append(context)
        page = watch(context.new_page())
        page.set_default_timeout(8000)
        page.goto("/login/")
        page.fill("[name=username]", person.email)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/inbox/")
        return person, page

    yield start
    for context in contexts:
        context.close()
    _wait_for_the_server()
    assert complaints == []


QUIET = 8
"""Looks in a row that must find the server idle: between two statements of one request it may seem so for a moment."""


def _wait_for_the_server():
    """Until no request is being answered: emptying the tables under a running transaction ends in a deadlock."""
    quiet = 0
    for _ in range(200):
        busy = scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend' AND state <> 'idle'"
        )
        quiet = 0 if busy else quiet + 1
        if quiet == QUIET:
            return
        time.sleep(0.05)


@pytest.fixture
def work(transactional_db):
    """Four tasks in the order of the inbox."""
    from datetime import timedelta

    from django.utils import timezone

    now = timezone.now()
    realtor = factories.realtor(name="Amara Okonjo", brokerage="La Paz Realty")
    listing = factories.listing(address_string="88 Harbour St, Toronto", realtor=realtor)
    other = factories.listing(address_string="789 Valencia St, San Francisco", realtor=realtor)
    return [
        factories.activity(name="Book photographer", listing=listing, due_date=now - timedelta(days=3), priority=10),
        factories.activity(name="Order yard sign", listing=other, due_date=now + timedelta(days=9), priority=5),
        factories.agent_task(name="Renew headshot", realtor=realtor, due_date=now + timedelta(days=10)),
        factories.activity(name="Draft description", listing=listing, priority=2),
    ]
