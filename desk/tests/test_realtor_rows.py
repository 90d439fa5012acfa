"""The rows of the list of realtors: how to reach each, and how much is open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def amara():
    realtor = factories.realtor(
        name="Amara Okonjo",
        brokerage="La Paz Realty",
        phone="+1-647-555-0100",
        email="amara@realty.example",
        slack_user_id="UAMARA",
        territories=["Mississauga", "The Beaches"],
    )
    now = timezone.now()
    listing = factories.listing(realtor=realtor)
    factories.activity(listing=listing, visibility_group="AGENT")
    factories.activity(listing=listing, visibility_group="MARKETING")
    factories.activity(listing=listing, status="DONE", completed_at=now)
    factories.activity(listing=factories.listing(realtor=realtor), status="DONE", completed_at=now)
    factories.listing(realtor=realtor, deleted_at=now)
    factories.agent_task(realtor=realtor)
    factories.agent_task(realtor=realtor, status="CANCELLED", completed_at=now)
    factories.message(slack_user_id="UAMARA", received_at=now - timedelta(days=9))
    factories.message(slack_user_id="UAMARA", received_at=now - timedelta(days=3))
    return realtor


def row_of(client, realtor):
    return next(row for row in client.get("/realtors/").context["rows"] if row.id == realtor.pk)


@pytest.mark.parametrize("role", ["admin", "operations", "marketing", "support"])
def test_open_work_and_the_last_message_are_numbers_for_everybody(sign_in, amara, role):
    _, client = sign_in(role)
    row = row_of(client, amara)
    assert (row.open_listings, row.open_tasks) == (1, 3)
    assert (row.open_words, row.last_words) == ("1 listing, 3 tasks", "wrote 3 days ago")


def test_a_row_says_how_to_reach_the_realtor(sign_in, amara):
    _, client = sign_in("support")
    page = client.get("/realtors/").content.decode()
    for words in ("La Paz Realty · Mississauga, The Beaches", "+1-647-555-0100", "amara@realty.example", "UAMARA"):
        assert words in page
    bare = row_of(client, factories.realtor(phone=None))
    assert (bare.open_words, bare.last_words) == ("nothing open", "no message yet")
    assert "no Slack link" in str(bare.facts)


def test_the_file_holds_the_same(sign_in, amara):
    _, client = sign_in("marketing")
    lines = b"".join(client.get("/realtors/?export=csv").streaming_content).decode().splitlines()
    assert lines[0].endswith("Open listings,Open tasks,Last message,Address of its page")
    assert ",1,3," in lines[1]
