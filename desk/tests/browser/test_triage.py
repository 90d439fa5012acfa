"""The day's work at the desk: by keys, by mouse, on a phone, and without script."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from common.principal import acting_as
from listings.models import Acknowledgement
from tasks import actions
from tasks.models import Activity, Status, Waiting
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def marked(page):
    return page.locator(".row[aria-current] .t")


def toast(page):
    return page.locator("#toasts .toast").last


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


# ---- by keys ---------------------------------------------------------------------------------------------------------


def test_j_and_k_move_the_cursor_the_focus_and_the_pane(desk, work):
    _, page = desk()
    expect(marked(page)).to_have_text("Book photographer")
    press(page, "j j k")
    expect(marked(page)).to_have_text("Order yard sign")
    expect(marked(page)).to_be_focused()
    expect(page.locator("#pane .title")).to_have_text("Order yard sign")
    assert page.locator(".row a.t[tabindex='0']").count() == 1
    press(page, "End j")
    expect(marked(page)).to_have_text("Draft description")
    press(page, "Home k")
    expect(marked(page)).to_have_text("Book photographer")


def test_a_quick_step_away_and_back_leaves_the_pane_at_work(desk, work):
    _, page = desk()
    press(page, "j")
    expect(page.locator("#pane .title")).to_have_text("Order yard sign")
    press(page, "j k")
    page.locator("#pane").get_by_role("button", name="Claim").click()
    expect(toast(page)).to_contain_text("Taken: Order yard sign")


def test_z_at_once_finds_the_row_that_is_still_fading(desk, work):
    _, page = desk()
    press(page, "c")
    expect(toast(page)).to_contain_text("Taken: Book photographer")
    press(page, "z")
    expect(marked(page)).to_have_text("Book photographer")


def test_c_takes_the_row_and_z_brings_it_back(desk, work):
    priya, page = desk()
    press(page, "j c")
    expect(toast(page)).to_contain_text("Taken: Order yard sign, 789 Valencia St")
    expect(page.locator(".row", has_text="Order yard sign")).to_have_count(0)
    expect(marked(page)).to_have_text("Renew headshot")
    expect(marked(page)).to_be_focused()
    work[1].refresh_from_db()
    assert (work[1].status, work[1].assigned_staff_id) == (Status.CLAIMED, priya.pk)
    press(page, "z")
    expect(toast(page)).to_contain_text("Undone: claimed Order yard sign")
    expect(marked(page)).to_have_text("Order yard sign")
    work[1].refresh_from_db()
    assert (work[1].status, work[1].assigned_staff_id) == (Status.OPEN, None)


def test_the_numbers_follow(desk, work):
    _, page = desk()
    expect(page.locator("#count")).to_have_text("4 unclaimed")
    press(page, "c")
    expect(page.locator("#count")).to_have_text("3 unclaimed")
    expect(page.locator("#places")).to_contain_text(re.compile(r"My tasks\s*1"))


def test_e_completes_what_nobody_had(desk, work):
    priya, page = desk()
    press(page, "e")
    expect(toast(page)).to_contain_text("Completed: Book photographer")
    work[0].refresh_from_db()
    assert (work[0].status, work[0].assigned_staff_id) == (Status.DONE, priya.pk)


def test_d_takes_a_date_as_one_types_it(desk, work):
    _, page = desk()
    press(page, "d")
    expect(page.locator("#id_due_date")).to_be_focused()
    page.keyboard.type("2031-11-28 3pm")
    expect(page.locator("#float .meant")).to_have_text("Fri 28 Nov 2031, 3 pm")
    press(page, "Enter")
    expect(toast(page)).to_contain_text("Book photographer")
    expect(marked(page)).to_have_text("Book photographer")
    expect(marked(page)).to_be_focused()
    expect(page.locator(".row[aria-current] .m")).to_contain_text("28 Nov 2031")


def test_a_date_that_is_none_is_explained_in_place(desk, work):
    _, page = desk()
    press(page, "d")
    expect(page.locator("#id_due_date")).to_be_focused()
    page.keyboard.type("31 nov")
    press(page, "Enter")
    expect(page.locator("#float .bad")).to_contain_text("November has 30 days. Did you mean 1 December?")
    page.keyboard.type(" ")
    expect(page.locator("#float .bad")).to_have_count(0)
    press(page, "Escape")
    expect(page.locator("#float")).to_be_hidden()
    expect(marked(page)).to_be_focused()
    work[0].refresh_from_db()
    assert work[0].due_date is not None


def test_arrows_choose_in_a_picker(desk, work):
    _, page = desk()
    press(page, "d")
    expect(page.locator("#id_due_date")).to_be_focused()
    press(page, "ArrowDown ArrowDown Enter")
    expect(toast(page)).to_contain_text("Due")
    expect(page.locator(".row[aria-current] .m .late")).to_have_count(0)


def test_p_takes_a_number(desk, work):
    _, page = desk()
    press(page, "p")
    expect(page.locator("#id_priority")).to_be_focused()
    page.keyboard.type("8")
    press(page, "Enter")
    expect(toast(page)).to_contain_text("Priority 8")
    expect(page.locator(".row[aria-current] .prio")).to_have_attribute("aria-label", "High priority")


def test_a_finds_a_person_by_the_beginning_of_a_name(desk, work):
    helen = factories.staff("operations", name="Helen Mbeki")
    factories.staff("support", name="Samir Haddad")
    _, page = desk()
    press(page, "a")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    page.keyboard.type("mbe")
    expect(page.locator("#float .option:visible")).to_have_count(1)
    press(page, "Enter")
    expect(toast(page)).to_contain_text("Given to Helen Mbeki: Book photographer")
    work[0].refresh_from_db()
    assert work[0].assigned_staff_id == helen.pk


def test_a_and_enter_mean_me(desk, work):
    priya, page = desk()
    factories.staff("admin", name="Aaron First")
    press(page, "a")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    press(page, "Enter")
    expect(toast(page)).to_contain_text("Taken")
    work[0].refresh_from_db()
    assert work[0].assigned_staff_id == priya.pk


def test_a_key_pressed_twice_quickly_acts_once(desk, work):
    _, page = desk()
    held = []
    page.route("**/claim/", lambda route: held.append(route))
    with page.expect_request("**/claim/"):
        press(page, "c")
    press(page, "c c")
    page.wait_for_timeout(50)
    held[0].continue_()
    expect(toast(page)).to_contain_text("Taken: Book photographer")
    page.wait_for_timeout(400)
    assert [task.__class__.objects.get(pk=task.pk).status for task in work].count(Status.CLAIMED) == 1


def test_whoever_comes_second_is_told_who_was_first(desk, work):
    _, page = desk()
    helen = factories.staff("operations", name="Helen Mbeki")
    with acting_as("staff", helen.pk):
        actions.claim(work[0], by=helen)
    press(page, "c")
    expect(toast(page)).to_contain_text(re.compile(r"Helen took it (just now|\d s ago)"))
    expect(page.locator(".row[aria-current] .face")).to_have_attribute("aria-label", "Helen Mbeki")


def test_whoever_comes_second_is_offered_the_next_of_its_kind(desk, work):
    priya, page = desk()
    helen = factories.staff("operations", name="Helen Mbeki")
    with acting_as("staff", helen.pk):
        actions.claim(work[1], by=helen)
    press(page, "j c")
    expect(toast(page)).to_contain_text("Next: Draft description")  # the agent task between them is of another kind
    expect(page.locator(".row[aria-current] .face")).to_have_attribute("aria-label", "Helen Mbeki")
    press(page, "c")
    expect(toast(page)).to_contain_text("Taken: Draft description")
    expect(page.locator(".row")).to_have_count(2)
    expect(marked(page)).to_have_text("Renew headshot")
    expect(marked(page)).to_be_focused()
    work[3].refresh_from_db()
    assert work[3].assigned_staff_id == priya.pk


def test_an_offer_is_left_by_moving_on(desk, work):
    _, page = desk()
    helen = factories.staff("operations", name="Helen Mbeki")
    with acting_as("staff", helen.pk):
        actions.claim(work[0], by=helen)
    press(page, "c")
    expect(toast(page)).to_contain_text("Next: Order yard sign")
    # By focus and not by counting rows: the lost one may leave by itself in between.
    page.locator(".row", has_text="Renew headshot").locator("a.t").focus()
    expect(marked(page)).to_have_text("Renew headshot")
    press(page, "c")
    expect(toast(page)).to_contain_text("Taken: Renew headshot")


def test_an_offer_on_the_items_own_page_leads_to_what_was_taken(desk, work):
    _, page = desk()
    helen = factories.staff("operations", name="Helen Mbeki")
    page.goto(work[0].get_absolute_url())
    with acting_as("staff", helen.pk):
        actions.claim(work[0], by=helen)
    press(page, "c")
    expect(toast(page)).to_contain_text("Helen took it")
    press(page, "c")
    expect(toast(page)).to_contain_text("Taken: Order yard sign")
    expect(page.locator("h1")).to_have_text("Order yard sign")


def test_the_last_row_hands_the_cursor_back_and_an_empty_list_says_so(desk, work):
    _, page = desk()
    press(page, "End c")
    expect(marked(page)).to_have_text("Renew headshot")
    for _ in range(3):
        before = page.locator(".row:not(.leaving)").count()
        press(page, "c")
        expect(page.locator(".row")).to_have_count(before - 1)
    expect(page.locator("#rows .empty")).to_be_visible()
    press(page, "j c d")  # nothing there to act on, and nothing breaks


def test_letters_do_nothing_in_a_field_or_with_ctrl(desk, work):
    _, page = desk()
    page.goto("/listings/")
    field = page.get_by_label("Find an address")
    field.focus()
    page.keyboard.type("cedp")
    expect(field).to_have_value("cedp")
    page.goto("/inbox/")
    press(page, "Control+e")
    page.wait_for_timeout(200)
    work[0].refresh_from_db()
    assert work[0].status == Status.OPEN


def test_the_question_mark_shows_the_keys(desk, work):
    _, page = desk()
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    press(page, "?")
    expect(page.locator("#keys")).to_be_hidden()
    press(page, "? Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_g_leads_to_places_and_enter_opens(desk, work):
    _, page = desk()
    press(page, "j Enter")
    page.wait_for_url(f"**{work[1].get_absolute_url()}")
    expect(page.locator("h1")).to_have_text("Order yard sign")
    press(page, "c")
    expect(toast(page)).to_contain_text("Taken: Order yard sign")
    expect(page.locator(".acts")).to_contain_text("Complete")
    press(page, "z")
    expect(toast(page)).to_contain_text("Undone: claimed Order yard sign")
    press(page, "g m")
    page.wait_for_url("**/my/")
    press(page, "g i")
    page.wait_for_url("**/inbox/")


def test_g_shows_where_to_and_a_letter_that_leads_nowhere_does_nothing(desk, work):
    """Neither does it claim, snooze or ask for a date, as it would without G."""
    _, page = desk()
    for letter in "cdhb":
        press(page, "g")
        expect(page.locator("#chord")).to_contain_text("My tasks")
        press(page, letter)
        expect(page.locator("#chord")).to_be_hidden()
    press(page, "j")
    expect(marked(page)).to_have_text("Order yard sign")
    assert not page.locator("#float[open]").count()
    assert Activity.objects.filter(status=Status.OPEN).count() == 3


def test_single_letters_can_be_switched_off(desk, work):
    _, page = desk()
    page.goto("/me/")
    page.get_by_label("Single letters work as keys").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto("/inbox/")
    press(page, "c")
    page.wait_for_timeout(200)
    work[0].refresh_from_db()
    assert work[0].status == Status.OPEN


def test_a_listings_rows_take_the_same_keys(desk, work):
    _, page = desk()
    page.goto(work[0].listing.get_absolute_url())
    expect(page.locator(".row[aria-current]")).to_have_count(0)
    press(page, "j e")
    expect(toast(page)).to_contain_text("Completed: Book photographer")
    expect(page.locator(".row.closed")).to_contain_text("Book photographer")
    expect(page.locator(".head")).to_contain_text("1 of 2 done")
    expect(page.locator(".band")).to_contain_text("1 of 2 done")


# ---- by mouse --------------------------------------------------------------------------------------------------------


def test_by_mouse(desk, work):
    helen = factories.staff("operations", name="Helen Mbeki")
    _, page = desk()
    page.click("text=Order yard sign")
    expect(page.locator("#pane .title")).to_have_text("Order yard sign")
    page.locator("#pane").get_by_text("Priority", exact=False).first.click()
    page.locator("#float .option", has_text="Urgent").click()
    expect(toast(page)).to_contain_text("Priority 10")
    page.locator("#pane .acts").get_by_text("Due").click()
    page.locator("#float .option", has_text="Tomorrow").click()
    expect(toast(page)).to_contain_text("Due")
    page.locator("#pane .acts").get_by_role("button", name="Claim").click()
    expect(toast(page)).to_contain_text("Taken: Order yard sign")
    toast(page).get_by_role("button", name="Undo").click()
    expect(marked(page)).to_have_text("Order yard sign")
    page.locator("#pane .acts").get_by_text("Assign").click()
    page.locator("#float .option", has_text="Helen").click()
    expect(toast(page)).to_contain_text("Given to Helen Mbeki")
    work[1].refresh_from_db()
    assert work[1].assigned_staff_id == helen.pk
    page.locator(".row", has_text="Renew headshot").click()
    expect(page.locator("#pane .title")).to_have_text("Renew headshot")
    page.click("#pane summary:has-text('More')")
    page.locator("#pane .menu-box").get_by_role("button", name="Complete").click()
    expect(toast(page)).to_contain_text("Completed: Renew headshot")
    page.locator(".row", has_text="Book photographer").dblclick()
    page.wait_for_url(f"**{work[0].get_absolute_url()}")


def test_s_offers_the_legal_moves_and_a_digit_makes_one(desk, work):
    priya, page = desk()
    press(page, "s")
    expect(page.locator("#float .option")).to_have_text([re.compile(word) for word in ("Claimed", "Done", "Cancelled")])
    press(page, "1")
    expect(toast(page)).to_contain_text("Taken: Book photographer")
    expect(page.locator("#float")).to_be_hidden()
    press(page, "s")
    expect(page.locator("#float [data-filter]")).to_be_focused()
    press(page, "3")
    page.get_by_label("Reason").fill("Owner does it")
    press(page, "Enter")
    expect(toast(page)).to_contain_text("Cancelled: Order yard sign")
    work[0].refresh_from_db()
    work[1].refresh_from_db()
    assert (work[0].assigned_staff_id, work[1].status) == (priya.pk, Status.CANCELLED)


def test_t_changes_the_category_and_the_cursor_stays(desk, work):
    _, page = desk()
    press(page, "t")
    expect(page.locator("#float")).to_be_visible()
    page.keyboard.type("insp")
    press(page, "Enter")
    expect(toast(page)).to_contain_text("Inspection: Book photographer")
    expect(marked(page)).to_have_text("Book photographer")
    expect(page.locator(".row", has_text="Book photographer")).to_contain_text("Inspection")


def test_l_goes_to_the_listing_and_g_s_to_the_messages(desk, work):
    _, page = desk()
    press(page, "l")
    page.wait_for_url(f"**{work[0].listing.get_absolute_url()}")
    press(page, "g s")
    page.wait_for_url("**/slack/**")


def test_delete_removes_for_admins_and_does_nothing_for_others(desk, work):
    _, operations = desk()
    press(operations, "Delete")
    expect(operations.locator("#float")).to_be_hidden()
    _, page = desk("admin", name="Tara Lind")
    expect(page.locator("#pane .title")).to_have_text("Book photographer")
    press(page, "Delete")
    page.get_by_label("Reason").fill("Made twice")
    press(page, "Enter")
    expect(toast(page)).to_contain_text("Removed: Book photographer")
    expect(page.locator(".row", has_text="Book photographer")).to_have_count(0)
    press(page, "z")
    expect(page.locator(".row", has_text="Book photographer")).to_have_count(1)


@pytest.mark.parametrize("place", ["the inbox", "my tasks", "its page"])
def test_5_copies_a_question_to_the_realtor_and_the_task_waits(desk, work, place):
    priya, page = desk(permissions=["clipboard-read", "clipboard-write"])
    if place != "the inbox":
        Activity.objects.filter(pk=work[0].pk).update(status="CLAIMED", assigned_staff=priya, claimed_at=timezone.now())
        page.goto("/my/" if place == "my tasks" else work[0].get_absolute_url())
    expect(page.locator(".acts [data-picker=ask]")).to_have_count(1)
    page.keyboard.press("5")
    expect(page.locator("#float [data-question]")).to_contain_text("Hi Amara, about “Book photographer”")
    page.keyboard.press("Enter")
    expect(toast(page)).to_contain_text("Waits for an answer from Amara Okonjo")
    assert page.evaluate("navigator.clipboard.readText()").startswith("Hi Amara, about “Book photographer”")
    assert Waiting.objects.get().item_id == work[0].pk


def test_v_switches_the_view_and_shift_v_keeps_the_filter(desk, work):
    _, page = desk()
    press(page, "v 2")
    page.wait_for_url("**/inbox/?tab=listing")
    press(page, "Shift+V")
    expect(toast(page)).to_contain_text("There is no filter to keep yet")
    page.goto("/inbox/?sort=newest")
    press(page, "Shift+V")
    expect(page.get_by_label("Name of the view")).to_be_focused()
    page.goto("/inbox/?category=MARKETING")
    press(page, "Shift+V")
    expect(page.get_by_label("Name of the view")).to_be_focused()


def test_something_new_is_for_what_the_page_is_about(desk, work):
    _, page = desk()
    page.goto(work[0].get_absolute_url())
    press(page, "n")
    page.wait_for_url(f"**/activities/new/?listing={work[0].listing_id}")
    page.goto(work[2].get_absolute_url())
    press(page, "n")
    page.wait_for_url(f"**/agent-tasks/new/?realtor={work[2].realtor_id}")
    page.goto(work[2].get_absolute_url())
    press(page, "Shift+N")
    page.wait_for_url(f"**/listings/new/?realtor={work[2].realtor_id}")


def test_the_sheet_names_only_the_keys_of_this_page(desk, work):
    _, page = desk()
    press(page, "?")
    expect(page.locator("#keys")).to_contain_text("Duplicate of, ask")
    expect(page.locator("#keys")).to_contain_text("Merge, listing")
    expect(page.locator("#keys dt", has_text="Message: accept")).to_be_hidden()
    expect(page.locator("#keys dt", has_text="Remove")).to_be_hidden()
    press(page, "Escape")
    expect(page.locator("#keys")).to_be_hidden()
    press(page, "m")
    expect(page.get_by_role("heading", name="Duplicate of")).to_be_visible()
    press(page, "Escape g m")
    page.wait_for_url("**/my/")
    page.goto("/inbox/?tab=new")
    press(page, "?")
    expect(page.locator("#keys dt", has_text="New listing: acknowledge")).to_be_visible()
    expect(page.locator("#keys dt", has_text="Take, decline")).to_be_hidden()
    page.goto("/me/")
    press(page, "?")
    expect(page.locator("#keys dt", has_text="Assign")).to_be_hidden()
    expect(page.locator("#keys dt", has_text="Undo my last act")).to_be_visible()


# ---- on a phone ------------------------------------------------------------------------------------------------------


def test_on_a_phone_the_buttons_lie_under_the_thumb(desk, work):
    _, page = desk(**PHONE)
    page.locator(".row", has_text="Order yard sign").tap(position={"x": 16, "y": 20})
    expect(marked(page)).to_have_text("Order yard sign")
    page.locator(".thumbs").get_by_text("Ask").tap()
    expect(page.locator("#float [data-question]")).to_be_visible()
    page.locator("#float [data-close]").first.tap()
    page.locator(".thumbs").get_by_text("Take").tap()
    expect(toast(page)).to_contain_text("Taken: Order yard sign")
    page.get_by_text("Renew headshot").tap()
    page.wait_for_url(f"**{work[2].get_absolute_url()}")
    page.locator(".thumbs").get_by_text("Claim").tap()
    expect(toast(page)).to_contain_text("Taken: Renew headshot")
    expect(page.locator("h1")).to_have_text("Draft description")
    page.locator(".thumbs").get_by_text("Complete").tap()
    expect(toast(page)).to_contain_text("Completed: Draft description")
    work[3].refresh_from_db()
    assert work[3].status == Status.DONE
    page.goto(work[0].listing.get_absolute_url())
    expect(page.locator(".thumbs")).to_be_hidden()
    page.locator(".row", has_text="Book photographer").tap(position={"x": 16, "y": 20})
    page.locator(".thumbs").get_by_text("Priority").tap()
    page.locator("#float .option", has_text="High").tap()
    expect(toast(page)).to_contain_text("Priority 8: Book photographer")
    page.locator(".thumbs").get_by_text("Complete").tap()
    expect(toast(page)).to_contain_text("Completed: Book photographer")
    page.get_by_role("button", name="Menu").tap()
    page.locator("#side").get_by_text("People").tap()
    page.wait_for_url("**/staff/")


def test_the_choices_of_a_picker_have_room_for_their_words_on_a_phone(desk, work):
    _, page = desk(**PHONE)
    for verb in ("decline", "snooze", "status"):
        page.goto(f"{work[0].get_absolute_url()}{verb}/")
        lines = page.eval_on_selector_all(
            ".option span:last-of-type",
            "all => all.map((one) => one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight))",
        )
        assert lines, verb
        assert max(lines) < 1.5, verb


def test_under_a_thumb_a_picker_does_not_call_up_the_keyboard_of_the_screen(desk, work):
    _, page = desk(**PHONE)
    page.goto("/team/operations/?tab=unclaimed")
    for name, heading in (("Assign", "Assign"), ("Due", "Due date"), ("Priority", "Priority")):
        page.locator(".thumbs").get_by_text(name).tap()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.locator("#float .option").first).to_be_focused()
        page.locator("#float [data-close]").first.tap()
        expect(page.locator("#float")).to_be_hidden()


def test_targets_on_a_phone_are_large_enough(desk, work):
    _, page = desk(**PHONE)
    for path in ("/inbox/", work[0].get_absolute_url(), work[0].listing.get_absolute_url()):
        page.goto(path)
        small = page.eval_on_selector_all(
            ".btn, .chip, .thumbs a, .thumbs button, .dock a, .round",
            "all => all.filter(one => one.checkVisibility()).filter(one => one.getBoundingClientRect().height < 43.5)"
            ".map(one => one.textContent.trim())",
        )
        assert small == [], path


# ---- without script --------------------------------------------------------------------------------------------------


def test_without_script(desk, work):
    helen = factories.staff("operations", name="Helen Mbeki")
    _, page = desk(java_script_enabled=False)
    page.click("text=Show the first one")
    expect(page.locator("#pane .title")).to_have_text("Book photographer")
    page.click("a.t:has-text('Order yard sign')")
    page.click(".acts >> text=Priority")
    page.click(".option:has-text('Urgent')")
    expect(toast(page)).to_contain_text("Priority 10: Order yard sign")
    page.click(".acts >> text=Due")
    page.fill("[name=due_date]", "+3d")
    page.click("text=Set")
    expect(toast(page)).to_contain_text("Due")
    page.click(".acts >> text=Claim")
    expect(toast(page)).to_contain_text("Taken: Order yard sign")
    toast(page).get_by_role("button", name="Undo").click()
    expect(toast(page)).to_contain_text("Undone: claimed Order yard sign")
    page.click("a.t:has-text('Order yard sign')")
    page.click(".acts >> text=Assign")
    page.click(".option:has-text('Helen')")
    expect(toast(page)).to_contain_text("Given to Helen Mbeki")
    work[1].refresh_from_db()
    assert work[1].assigned_staff_id == helen.pk
    page.click("#side >> text=Inbox")
    page.click("a.t:has-text('Renew headshot')")
    page.click("summary:has-text('More')")
    page.click(".menu-box >> text=Complete")
    expect(toast(page)).to_contain_text("Completed: Renew headshot")
    page.goto(work[2].get_absolute_url())
    page.click(".acts >> text=Reopen")
    page.fill("[name=reason]", "Wrong picture")
    page.click("form >> text=Reopen")
    expect(toast(page)).to_contain_text("Reopened: Renew headshot")


# ---- new listings ----------------------------------------------------------------------------------------------------


def test_1_acknowledges_a_new_listing_and_z_brings_it_back(desk, work):
    priya, page = desk()
    page.goto("/inbox/?tab=new")
    expect(marked(page)).to_have_text("789 Valencia St, San Francisco")
    press(page, "1")
    expect(toast(page)).to_contain_text("Acknowledged: 789 Valencia St")
    expect(marked(page)).to_have_text("88 Harbour St, Toronto")
    expect(page.locator("#count")).to_have_text("1 to acknowledge")
    press(page, "z")
    expect(toast(page)).to_contain_text("Undone: acknowledged 789 Valencia St")
    expect(marked(page)).to_have_text("789 Valencia St, San Francisco")
    page.locator(".row").last.get_by_role("button", name="Acknowledge").click()
    expect(toast(page)).to_contain_text("Acknowledged: 88 Harbour St")
    press(page, "Enter")
    page.wait_for_url("**/listings/*/")
    press(page, "1")
    expect(toast(page)).to_contain_text("Acknowledged: 789 Valencia St")
    acknowledged = Acknowledgement.objects.filter(staff_id=priya.pk)
    assert acknowledged.count() == 2


def test_a_new_listing_is_acknowledged_with_the_thumb(desk, work):
    _, page = desk(**PHONE)
    page.goto("/inbox/?tab=new")
    page.locator(".thumbs").get_by_role("button", name="Acknowledge").tap()
    expect(toast(page)).to_contain_text("Acknowledged: 789 Valencia St")
    expect(page.locator(".row")).to_have_count(1)
