"""A page that is one form begins in it: what is typed there is no shortcut."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_form_begins_in_its_first_field(desk):
    _, page = desk()
    page.goto("/listings/new/")
    expect(page.locator("[name=address_string]")).to_be_focused()
    page.keyboard.type("8 Zed Lane")
    expect(page).to_have_url(re.compile("/listings/new/$"))
    expect(page.locator("[name=address_string]")).to_have_value("8 Zed Lane")


def test_ctrl_enter_sends_the_form_from_anywhere_and_a_refusal_begins_in_the_wrong_field(desk):
    _, page = desk()
    page.goto("/activities/new/")
    expect(page.locator("main form :focus")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator("main form [aria-invalid=true]").first).to_be_focused()


def test_the_address_of_a_bulk_act_leads_to_its_list(desk):
    _, page = desk()
    page.goto("/bulk/")
    expect(page).to_have_url(re.compile("/inbox/$"))
