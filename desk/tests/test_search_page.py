"""The search page and the palette's fragment over HTTP."""

import re

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya(sign_in):
    return sign_in("operations", name="Priya Patel")[1]


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_stranger_is_sent_to_sign_in_and_comes_back():
    response = Client().get("/search/?q=pa")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/search/%3Fq%3Dpa")


def test_it_refuses_to_be_posted_to(priya):
    assert priya.post("/search/?q=pa").status_code == 405


def test_the_page_shows_what_is_found_by_kind_with_numbers(priya):
    factories.listing(address_string="2847 Pacific Ave")
    factories.activity(name="Pacific photos")
    page = priya.get("/search/?q=pacific")
    assert "<mark>Pacific</mark>" in page.content.decode()
    assert "found in the address" in text_of(page)
    for words in ("Everything", "Listings 1", "Tasks 1"):
        assert words in text_of(page)
    assert 'value="pacific"' in page.content.decode()


def test_one_kind_goes_on_page_by_page(priya):
    for number in range(60):
        factories.listing(address_string=f"{number} Pacific Ave")
    first = priya.get("/search/?q=pacific&kind=listings")
    assert first.content.decode().count('class="row ') == 50
    assert "60 found" in text_of(first)
    following = re.search(r'href="([^"]+)">Show the next 50', first.content.decode())[1].replace("&amp;", "&")
    second = priya.get(following)
    assert second.content.decode().count('class="row ') == 10
    assert "Show the next 50" not in text_of(second)
    assert "Nothing more" in text_of(priya.get("/search/?q=pacific&kind=listings&page=7"))


def test_everything_shows_ten_of_a_kind_and_leads_to_the_rest(priya):
    for number in range(23):
        factories.listing(address_string=f"{number} Pacific Ave")
    page = priya.get("/search/?q=pacific").content.decode()
    assert page.count('class="row ') == 10
    assert 'href="/search/?q=pacific&amp;kind=listings">See all 23' in page


@pytest.mark.parametrize(
    "address", ["?kind=nonsense", "?kind=messages", "?page=0", "?page=-1", "?page=x", "?page=9999"]
)
def test_odd_addresses_show_the_page(priya, address):
    factories.listing(address_string="1 Pacific Ave")
    assert priya.get(f"/search/{address}&q=pacific").status_code == 200


@pytest.mark.parametrize(
    ("q", "words"),
    [("", "What are you looking for?"), ("p", "One letter more"), ("zzz", "Nothing found")],
)
def test_an_empty_page_says_what_to_do(priya, q, words):
    assert words in text_of(priya.get("/search/", {"q": q}))


@pytest.mark.parametrize(
    "q", ["%00", "%ED%A0%80", "'%22%3Cscript%3E", "%F0%9F%99%8F%F0%9F%99%8F", "%3A*%26%7C!()", "a" * 9000]
)
def test_no_text_makes_it_fail(priya, q):
    assert priya.get(f"/search/?q={q}").status_code == 200
    assert priya.get(f"/search/?q={q}", headers={"HX-Request": "true"}).status_code == 200


def test_what_was_found_is_text_and_never_markup(priya):
    factories.activity(name="<script>alert(1)</script> Pacific <mark>x</mark>")
    for headers in ({}, {"HX-Request": "true"}):
        page = priya.get("/search/?q=script", headers=headers).content.decode()
        assert "<script>alert" not in page
        assert "&lt;<mark>script</mark>&gt;alert(1)" in page


def test_the_palette_gets_options_with_names_and_verbs(priya):
    task = factories.activity(name="Pacific photos")
    response = priya.get("/search/?q=pacific", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert "<html" not in html
    assert "HX-Request" in response["Vary"]
    assert f'href="/activities/{task.pk}/" data-name="Pacific photos" data-kind="activity"' in html
    assert "claim|Claim|C|;" in html
    assert "assign|Assign|A|asks;" in html
    assert 'role="option"' in html


def test_five_of_a_kind_reach_the_palette_with_the_way_to_all(priya):
    for number in range(23):
        factories.listing(address_string=f"{number} Pacific Ave")
    html = priya.get("/search/?q=pacific", headers={"HX-Request": "true"}).content.decode()
    assert html.count("data-kind=") == 5
    assert "See all 23" in html


def test_marketing_gets_neither_row_nor_number_of_agents_work(sign_in):
    listing = factories.listing(address_string="1 Harbour St")
    for number in range(3):
        factories.activity(name=f"Pacific papers {number}", visibility_group="AGENT", listing=listing)
    factories.agent_task(name="Pacific errand")
    _, client = sign_in("marketing")
    for address in ("/search/?q=pacific", "/search/?q=pacific&kind=tasks", "/search/?q=pacific&kind=messages"):
        assert "Nothing found" in text_of(client.get(address))
    assert client.get("/search/?q=pacific", headers={"HX-Request": "true"}).content.decode().strip() == ""


def test_the_search_is_one_statement_whatever_it_finds(priya, statements):
    factories.listing(address_string="1 Pacific Ave")
    few = statements(lambda: priya.get("/search/?q=pacific"))
    for number in range(20):
        factories.listing(address_string=f"{number} Pacific Ave")
        factories.activity(name="Pacific photos")
        factories.agent_task(name="Pacific papers")
    many = statements(lambda: priya.get("/search/?q=pacific"))
    assert len(many) == len(few)
    assert len(many) <= 8
    assert sum("app.search_" in sql for sql in many) == 1


def test_the_theme_is_set_from_wherever_one_is(sign_in):
    _, client = sign_in()
    response = client.post("/me/theme/", {"theme": "dark"}, headers={"referer": "http://testserver/inbox/"})
    assert (response.status_code, response["Location"]) == (302, "http://testserver/inbox/")
    assert 'data-theme="dark"' in client.get("/inbox/").content.decode()
    client.post("/me/theme/", {"theme": "pink"})
    assert 'data-theme="dark"' in client.get("/inbox/").content.decode()
    assert client.get("/me/theme/").status_code == 405


def test_what_is_found_comes_as_a_file_kind_by_kind(priya):
    for number in range(51):
        factories.listing(address_string=f"{number} Pacific Ave")
    factories.activity(name="=Pacific photos", listing=factories.listing(address_string="1 Elm St"))

    def lines(path):
        return b"".join(priya.get(path).streaming_content).decode().splitlines()[1:]

    every = lines("/search/?q=pacific&export=csv")
    assert len(every) == 52
    assert every[0].startswith("Listings,")
    assert every[-1].startswith("Tasks,'=Pacific photos,1 Elm St,title,")
    assert len(lines("/search/?q=pacific&kind=tasks&export=csv")) == 1


def test_a_search_is_kept_as_a_view_and_may_open_the_page(priya):
    factories.listing(address_string="2847 Pacific Ave")
    page = priya.get("/search/?q=pacific&kind=listings").content.decode()
    kept = re.search(r'name="query" value="([^"]+)"', page)[1].replace("&amp;", "&")
    saved = priya.post("/views/", {"page": "search", "name": "Pacific", "query": kept})
    assert saved["Location"].startswith("/search/?q=pacific&kind=listings&view=")
    pk = saved["Location"].rpartition("=")[2]
    priya.post(f"/views/{pk}/", {"do": "default"})
    assert priya.get("/search/")["Location"] == saved["Location"]
    assert "View “Pacific”" in text_of(priya.get(saved["Location"]))
    assert "View “Pacific” · changed" in text_of(priya.get(f"/search/?q=pacific&view={pk}"))
