"""Making, editing, cancelling, removing and restoring a listing, notes, and undo."""

import pytest

from listings.models import Listing, Note
from tasks.models import Activity, Status
from tests import factories


def opened(**values):
    """A listing form as the browser sends it: each value with the one it was opened with."""
    return {f"initial-{name}": value for name, value in values.items()} | values


BLANK = opened(address_string="", type="", due_date="", realtor="")


def test_operations_make_a_listing(sign_in):
    _, client = sign_in()
    factories.realtor(name="Amara Okonjo")
    sent = BLANK | {"address_string": " 88  Harbour St, Toronto ", "type": "SALE", "realtor": "amara"}
    answer = client.post("/listings/new/", sent)
    listing = Listing.objects.get()
    assert answer.url == listing.get_absolute_url()
    assert (listing.address_string, listing.realtor.name) == ("88 Harbour St, Toronto", "Amara Okonjo")


def test_an_address_without_a_street_is_sent_back_with_words(sign_in):
    _, client = sign_in()
    answer = client.post("/listings/new/", BLANK | {"address_string": "2847"})
    assert answer.status_code == 422
    assert b"Add the street" in answer.content
    assert not Listing.objects.exists()


@pytest.mark.parametrize("role", ["marketing", "support"])
@pytest.mark.parametrize("path", ["new/", "{}/edit/", "{}/cancel/", "{}/remove/"])
def test_others_are_told_whom_to_ask(sign_in, role, path):
    _, client = sign_in(role)
    answer = client.get("/listings/" + path.format(factories.listing().pk))
    assert answer.status_code == 403
    assert b"Ask one of them" in answer.content


def test_an_edit_keeps_what_a_colleague_changed_meanwhile(sign_in):
    _, client = sign_in()
    listing = factories.listing(address_string="88 Harbour St, Toronto", type="SALE")
    form = opened(address_string="88 Harbour St, Toronto", type="SALE", due_date="", realtor="")
    Listing.objects.filter(pk=listing.pk).update(type="LEASE")
    client.post(f"/listings/{listing.pk}/edit/", form | {"address_string": "88 Harbour St, Unit 2, Toronto"})
    listing.refresh_from_db()
    assert (listing.address_string, listing.type) == ("88 Harbour St, Unit 2, Toronto", "LEASE")


@pytest.fixture
def collision(sign_in):
    """``collision(**more)`` sends an edit whose address a colleague has changed since the form was opened."""
    _, client = sign_in()
    listing = factories.listing(address_string="88 Harbour St, Toronto", type="SALE")
    form = opened(address_string="88 Harbour St, Toronto", type="SALE", due_date="", realtor="")
    Listing.objects.filter(pk=listing.pk).update(address_string="88 Harbour Ave, Toronto")

    def send(**more):
        mine = {"address_string": "88 Harbour Blvd, Toronto", "type": "LEASE"}
        answer = client.post(f"/listings/{listing.pk}/edit/", form | mine | more)
        listing.refresh_from_db()
        return listing, answer

    return send


def test_a_save_over_a_newer_change_is_refused_with_both_values(collision):
    listing, answer = collision()
    page = answer.content.decode()
    assert answer.status_code == 409
    assert (listing.address_string, listing.type) == ("88 Harbour Ave, Toronto", "SALE")
    assert '<td class="hit">88 Harbour Ave, Toronto</td><td class="hit">88 Harbour Blvd, Toronto</td>' in page
    assert all(button in page for button in (">Keep theirs</button>", ">Use mine</button>", ">Edit</a>"))
    assert 'name="initial-address_string" value="88 Harbour Ave, Toronto"' in page
    assert 'value="88 Harbour Blvd, Toronto"' in page


def test_keep_theirs_saves_what_does_not_collide(collision):
    listing, _ = collision(keep="address_string")
    assert (listing.address_string, listing.type) == ("88 Harbour Ave, Toronto", "LEASE")


def test_use_mine_saves_over_the_value_that_was_shown(collision):
    listing, _ = collision(**{"initial-address_string": "88 Harbour Ave, Toronto"})
    assert (listing.address_string, listing.type) == ("88 Harbour Blvd, Toronto", "LEASE")


def test_use_mine_is_refused_when_a_third_person_was_quicker(collision):
    shown = {"initial-address_string": "88 Harbour Ave, Toronto"}
    Listing.objects.update(address_string="88 Harbour Rd, Toronto")
    listing, answer = collision(**shown)
    assert (answer.status_code, listing.address_string) == (409, "88 Harbour Rd, Toronto")


def test_cancelling_closes_the_open_activities_and_undo_opens_them(sign_in):
    _, client = sign_in()
    listing = factories.listing()
    first, second = factories.activity(listing=listing), factories.activity(listing=listing)
    assert client.post(f"/listings/{listing.pk}/cancel/", {"reason": ""}).status_code == 422
    client.post(f"/listings/{listing.pk}/cancel/", {"reason": "Seller withdrew"})
    states = set(Activity.objects.filter(pk__in=[first.pk, second.pk]).values_list("status", flat=True))
    assert states == {Status.CANCELLED}
    client.post("/undo/last/")
    states = set(Activity.objects.filter(pk__in=[first.pk, second.pk]).values_list("status", flat=True))
    assert states == {Status.OPEN}


def test_an_admin_removes_and_restores_with_the_activities(sign_in):
    _, client = sign_in("admin")
    listing = factories.listing()
    activity = factories.activity(listing=listing)
    client.post(f"/listings/{listing.pk}/remove/", {"reason": "Twice"})
    assert not Activity.objects.filter(pk=activity.pk).exists()
    client.post(f"/listings/{listing.pk}/restore/")
    assert Activity.objects.filter(pk=activity.pk).exists()


def test_restore_rejects_get(sign_in):
    _, client = sign_in("admin")
    assert client.get(f"/listings/{factories.listing().pk}/restore/").status_code == 405


def test_everybody_writes_notes_on_what_they_see(sign_in):
    person, client = sign_in("support", name="Samir Haddad")
    listing = factories.listing()
    answer = client.post(f"/listings/{listing.pk}/note/", {"text": "Key at the concierge"})
    assert answer.url == f"{listing.get_absolute_url()}#notes"
    assert Note.objects.get().author_staff_id == person.pk
    assert b"Samir Haddad" in client.get(listing.get_absolute_url()).content


def test_an_empty_note_is_refused_with_words(sign_in):
    _, client = sign_in()
    listing = factories.listing()
    page = client.post(f"/listings/{listing.pk}/note/", {"text": " "}, follow=True)
    assert b"The note was not saved" in page.content
    assert not Note.objects.exists()


def test_undo_takes_a_claim_back(sign_in):
    _, client = sign_in()
    task = factories.activity(name="Order yard sign")
    page = client.post(f"{task.get_absolute_url()}claim/", follow=True)
    act = page.context["page"].history.entries[0]
    assert act.what == "claimed this"
    answer = client.post("/undo/last/", headers={"HX-Request": "true"})
    task.refresh_from_db()
    assert task.status == Status.OPEN
    assert b"Undone: claimed Order yard sign" in answer.content
    assert "desk:undone" in answer["HX-Trigger"]


def test_undo_says_when_nothing_is_left(sign_in):
    _, client = sign_in()
    page = client.post("/undo/last/", follow=True)
    assert b"Nothing you did in the last 10 minutes" in page.content


def test_nobody_undoes_for_others(sign_in):
    _, priya = sign_in()
    _, helen = sign_in()
    task = factories.activity()
    priya.post(f"{task.get_absolute_url()}claim/")
    from common.models import Act

    act = Act.objects.latest("act_id")
    page = helen.post(f"/undo/{act.pk}/", follow=True)
    assert b"Only your own acts can be undone" in page.content
    task.refresh_from_db()
    assert task.status == Status.CLAIMED


def test_undo_rejects_get(sign_in):
    _, client = sign_in()
    assert client.get("/undo/last/").status_code == 405


def test_a_new_task_knows_from_whose_page_it_was_asked_for(sign_in):
    _, client = sign_in()
    factories.listing(address_string="88 Harbour St, Toronto")
    listing = factories.listing(address_string="88 Harbour St, Toronto")
    address = f"/activities/new/?listing={listing.pk}"
    page = client.get(address).content.decode()
    assert 'value="88 Harbour St, Toronto"' in page
    sent = {"listing": "88 Harbour St, Toronto", "name": "Order sign", "priority": "5", "task_category": "ADMIN"}
    client.post(address, sent | {"visibility_group": "BOTH"})
    assert Activity.objects.get(name="Order sign").listing == listing
