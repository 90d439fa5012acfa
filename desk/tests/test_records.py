"""The pages of a task, a listing, a realtor and the team."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from common.fields import new_ulid
from common.history import act
from common.principal import acting_as
from listings.models import Acknowledgement, KeyDate, Note
from tasks import actions
from tasks.models import Status, Waiting
from tests import factories

HTMX = {"HX-Request": "true"}


def test_a_task_says_where_it_stands(sign_in):
    priya, client = sign_in(name="Priya Patel")
    task = factories.activity(name="Order yard sign", priority=8, assigned_staff=priya, outputs={"note": "Ordered"})
    page = client.get(task.get_absolute_url()).content.decode()
    assert "Claimed, since" in page
    assert "You, Priya Patel" in page
    assert "8 of 10 · High" in page
    assert "Ordered" in page
    assert "Complete" in page


def test_a_tasks_notes_stand_on_its_page_and_in_the_pane(sign_in):
    priya, client = sign_in("operations", name="Priya Patel")
    task = factories.activity(name="Order yard sign")
    client.post(f"{task.get_absolute_url()}note/", {"text": "Seller wants <two> signs"})
    page = client.get(task.get_absolute_url()).content.decode()
    assert "Seller wants &lt;two&gt; signs" in page
    assert f'action="{task.get_absolute_url()}note/"' in page
    pane = client.get(task.get_absolute_url(), headers=HTMX).content.decode()
    assert "Seller wants &lt;two&gt; signs" in pane
    assert priya.name in pane
    tara, admin = sign_in("admin", name="Tara Lind")
    with acting_as("staff", tara.pk):
        actions.remove(task, by=tara)
    assert 'note/"' not in admin.get(task.get_absolute_url()).content.decode()


def test_a_listing_shows_its_key_days_and_that_i_have_seen_it(sign_in):
    priya, client = sign_in()
    listing = factories.listing()
    KeyDate.objects.create(listing=listing, kind="open_house", day=date(2031, 11, 29))
    KeyDate.objects.create(listing=listing, kind="photo", day=date(2031, 11, 24))
    page = client.get(listing.get_absolute_url()).content.decode()
    assert page.index("<dt>Photo day</dt><dd>Mon 24 Nov 2031") < page.index("<dt>Open house</dt><dd>Sat 29 Nov 2031")
    assert "Seen by you" not in page
    Acknowledgement.objects.create(listing=listing, staff_id=priya.pk)
    assert "<dt>Seen by you</dt><dd>Acknowledged" in client.get(listing.get_absolute_url()).content.decode()


def test_the_pane_is_the_same_address_as_a_fragment(sign_in):
    _, client = sign_in()
    task = factories.agent_task(name="Renew headshot")
    page = client.get(task.get_absolute_url(), headers=HTMX).content.decode()
    assert page.lstrip().startswith('<div class="stack">')
    assert "Renew headshot" in page


def test_only_legal_moves_are_offered(sign_in):
    priya, client = sign_in()
    task = factories.activity(assigned_staff=priya, status=Status.DONE)
    page = client.get(task.get_absolute_url()).content.decode()
    assert "/reopen/" in page
    assert "/claim/" not in page
    assert "/remove/" not in page


def test_a_colleagues_task_gives_the_reason_instead_of_a_button(sign_in):
    _, client = sign_in("marketing")
    helen = factories.staff("operations", name="Helen Mbeki")
    task = factories.activity(assigned_staff=helen)
    page = client.get(task.get_absolute_url()).content.decode()
    assert "Helen has this one." in page
    assert "/complete/" not in page


@pytest.mark.parametrize("kind", ["activity", "agent_task"])
def test_what_i_may_not_see_is_not_found(sign_in, kind):
    _, client = sign_in("marketing")
    task = factories.activity(visibility_group="AGENT") if kind == "activity" else factories.agent_task()
    assert client.get(task.get_absolute_url()).status_code == 404
    assert client.post(f"{task.get_absolute_url()}note/", {"text": "Hello"}).status_code == 404


def test_a_removed_task_is_there_for_admins_alone(sign_in):
    _, admin = sign_in("admin")
    _, operations = sign_in("operations")
    task = factories.activity(deleted_at=timezone.now())
    page = admin.get(task.get_absolute_url()).content.decode()
    assert "Only admins see it" in page
    assert "/restore/" in page
    assert operations.get(task.get_absolute_url()).status_code == 404


def test_detail_pages_cost_few_statements(sign_in, statements):
    priya, client = sign_in()
    realtor = factories.realtor()
    listing = factories.listing(realtor=realtor)
    for _ in range(5):
        task = factories.activity(listing=listing, realtor=realtor, assigned_staff=priya)
        factories.agent_task(realtor=realtor)
    Note.objects.create(kind="listing", item_id=listing.pk, text="Key at the concierge")
    for path in (task.get_absolute_url(), listing.get_absolute_url(), f"/realtors/{realtor.pk}/"):
        found = statements(lambda path=path: client.get(path))
        assert len(found) <= 10, (path, found)


def test_a_note_that_an_import_wrote_has_a_face_too(sign_in):
    _, client = sign_in()
    listing = factories.listing()
    Note.objects.create(kind="listing", item_id=listing.pk, text="Key at the concierge")
    page = client.get(listing.get_absolute_url()).content.decode()
    assert "<b>Import</b>" in page
    assert '<span class="face support" aria-hidden="true"><svg' in page


def test_a_listing_counts_what_the_reader_does_not_see(sign_in):
    _, client = sign_in("support")
    listing = factories.listing(address_string="2847 Pacific Ave, San Francisco")
    factories.activity(listing=listing, name="Create MLS listing", status=Status.DONE)
    factories.activity(listing=listing, name="Order flyer", visibility_group="MARKETING")
    page = client.get(listing.get_absolute_url()).content.decode()
    assert "1 of 2 done" in page
    assert "1 open by Marketing" in page
    assert "Order flyer" not in page


def test_a_listing_says_what_keeps_it_out_of_the_logbook(sign_in):
    _, client = sign_in()
    listing = factories.listing()
    soon = factories.activity(listing=listing, name="Order sign", due_date=timezone.now() + timedelta(days=1))
    page = client.get(listing.get_absolute_url()).content.decode()
    assert "Keeps it out of the Logbook" in page
    assert soon.get_absolute_url() in page
    assert "Next: Order sign, nobody yet" in page


def test_a_long_listing_shows_15_activities_at_first_the_open_ones_before_the_closed(sign_in):
    _, client = sign_in("operations")
    listing = factories.listing()
    for number in range(17):
        status = Status.DONE if number < 5 else Status.OPEN
        factories.activity(listing=listing, name=f"Piece {number}", status=status)
    page = client.get(listing.get_absolute_url()).content.decode()
    assert page.count('class="row line-row') == 15
    assert page.count("line-row closed") == 3
    assert "5 of 17 done" in page
    assert 'href="?rows=all#activities">Show 2 more' in page
    every_row = client.get(f"{listing.get_absolute_url()}?rows=all").content.decode()
    assert every_row.count('class="row line-row') == 17
    assert "Show 2 more" not in every_row


def test_a_row_that_comes_back_to_a_listing_looks_like_the_one_it_replaces(sign_in):
    _, client = sign_in("operations", name="Priya Patel")
    task = factories.activity(name="Order yard sign", due_date=timezone.now() + timedelta(days=2))
    there = {**HTMX, "HX-Current-URL": f"http://testserver{task.listing.get_absolute_url()}"}

    def row_on_the_page() -> str:
        page = client.get(task.listing.get_absolute_url()).content.decode()
        return page[page.index('<li class="row line-row') :].partition("</li>")[0]

    assert 'aria-label="Nobody yet"' in row_on_the_page()
    claimed = client.post(f"{task.get_absolute_url()}claim/", headers=there).content.decode()
    assert claimed.partition("</li>")[0] == row_on_the_page()
    assert 'aria-label="Priya Patel"' in claimed
    released = client.post(f"{task.get_absolute_url()}release/", headers=there).content.decode()
    assert released.partition("</li>")[0] == row_on_the_page()


def test_a_removed_listing_is_there_for_admins_alone(sign_in):
    _, admin = sign_in("admin")
    _, operations = sign_in("operations")
    listing = factories.listing(deleted_at=timezone.now())
    assert b"Restore" in admin.get(listing.get_absolute_url()).content
    assert operations.get(listing.get_absolute_url()).status_code == 404


def test_a_realtors_open_work_stands_by_listing(sign_in):
    _, client = sign_in()
    realtor = factories.realtor(name="Amara Okonjo", brokerage="La Paz Realty")
    listing = factories.listing(realtor=realtor, address_string="88 Harbour St, Toronto")
    factories.activity(listing=listing, name="Book photographer")
    factories.agent_task(realtor=realtor, name="Renew headshot")
    done = timezone.now() - timedelta(days=3)
    factories.agent_task(realtor=realtor, name="Send contract", status=Status.DONE, completed_at=done)
    page = client.get(f"/realtors/{realtor.pk}/").content.decode()
    for words in ("88 Harbour St", "Book photographer", "For Amara, no listing", "Renew headshot", "Send contract"):
        assert words in page


@pytest.mark.parametrize("path", ["activities", "agent-tasks", "listings", "realtors"])
def test_an_unknown_id_is_not_found(sign_in, path):
    _, client = sign_in()
    assert client.get(f"/{path}/{new_ulid()}/").status_code == 404


def test_people_are_listed_by_role(sign_in):
    _, client = sign_in("support", name="Samir Haddad")
    factories.staff("marketing", name="Nadia Rahimi", status="suspended")
    page = client.get("/staff/").content.decode()
    assert "Samir Haddad" in page
    assert "Nadia Rahimi" in page
    assert "Suspended" in page
    assert "1 active" in page


def test_history_tells_who_did_what_and_what_was_taken_back(sign_in):
    priya, client = sign_in(name="Priya Patel")
    task = factories.activity(name="Order yard sign", priority=5)
    with acting_as("staff", priya.pk):
        actions.set_priority(task, priority=8, by=priya)
        actions.claim(task, by=priya)
    client.post("/undo/last/")
    page = client.get(task.get_absolute_url()).content.decode()
    assert "Priya Patel</b> raised the priority 5 → 8" in page
    assert "Priya Patel</b> claimed this" in page
    assert "Priya Patel</b> undid: claimed this" in page


def test_a_task_whose_message_was_edited_or_deleted_in_slack_has_a_dot(sign_in):
    _, client = sign_in()
    task = factories.activity()
    message = factories.message(created_task_id=task.pk, created_task_type="listing_task")
    assert "edited in Slack" not in client.get(task.get_absolute_url()).content.decode()
    type(message).objects.filter(pk=message.pk).update(metadata={"edits": [{"text": "by Thursday"}]})
    page = client.get(task.get_absolute_url()).content.decode()
    assert 'aria-label="edited in Slack"' in page
    assert "<del>by Thursday</del>" in page
    type(message).objects.filter(pk=message.pk).update(metadata={"deleted_at": "2026-03-02T12:00:00+00:00"})
    assert 'aria-label="deleted in Slack"' in client.get(task.get_absolute_url(), headers=HTMX).content.decode()


@pytest.mark.parametrize("path", ["activity", "listing", "realtor"])
def test_a_page_tells_its_latest_10_acts_and_all_of_them_when_asked(sign_in, path):
    anna, client = sign_in("admin")
    realtor = factories.realtor()
    listing = factories.listing(realtor=realtor)
    activity = factories.activity(listing=listing, name="Order sign")
    thing = {"activity": activity, "listing": listing, "realtor": realtor}[path]
    for number in range(17):
        with acting_as("staff", anna.pk), act("changed"):
            type(thing).objects.filter(pk=thing.pk).update(**{CHANGED[path]: f"Number {number}"})
    page = client.get(thing.get_absolute_url()).content.decode()
    assert page.count("<time") == 10
    assert "Number 16" in page
    assert "Number 1”" not in page
    everything = f"{thing.get_absolute_url()}?history=all"
    assert f'href="{everything}#history">Show everything that has happened' in page
    page = client.get(everything).content.decode()
    assert "Number 0”" in page
    assert "Show everything" not in page


CHANGED = {"activity": "name", "listing": "address_string", "realtor": "phone"}


def test_a_listing_shows_the_first_8_other_tasks_of_its_realtor_and_the_number_of_the_rest(sign_in):
    _, client = sign_in()
    realtor = factories.realtor()
    listing = factories.listing(realtor=realtor)
    for number in range(10):
        factories.agent_task(realtor=realtor, name=f"Errand {number}")
    page = client.get(listing.get_absolute_url()).content.decode()
    assert page.count("Errand ") == 8
    assert 'Other tasks <span class="n">10</span>' in page
    assert "2 more on the realtor’s page" in page


def test_what_waits_on_its_realtor_is_late_on_no_page(sign_in):
    """Its clock stands; the pages of the listing, the realtor, the task and those beside it say since when."""
    _, client = sign_in("operations")
    task = factories.activity(
        listing=factories.listing(realtor=factories.realtor()), due_date=timezone.now() - timedelta(days=3)
    )
    other = factories.activity(listing=task.listing, due_date=None)
    records = [task.listing, task.listing.realtor]
    pages = [record.get_absolute_url() for record in (*records, task, other)]
    assert all("3 days late" in client.get(path).content.decode() for path in pages)
    Waiting.objects.create(kind="activity", item_id=task.pk, for_what="floor plan")
    for record in records:
        assert "waits for floor plan, since today" in client.get(record.get_absolute_url()).content.decode()
    assert not any("days late" in client.get(path).content.decode() for path in pages)


def test_a_row_that_begins_to_wait_on_a_listings_page_looks_like_the_one_it_replaces(sign_in):
    _, client = sign_in("operations")
    task = factories.activity(due_date=timezone.now() - timedelta(days=3))
    there = {**HTMX, "HX-Current-URL": f"http://testserver{task.listing.get_absolute_url()}"}
    row = client.post(f"{task.get_absolute_url()}wait/", {"for_what": "floor plan"}, headers=there).content.decode()
    page = client.get(task.listing.get_absolute_url()).content.decode()
    assert "waits for floor plan" in row
    assert row.partition("</li>")[0] in page
