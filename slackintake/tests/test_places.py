import pytest
from hypothesis import given
from hypothesis import strategies as st

from slackintake.places import Place, house_number, place_of, same_place


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("88 Harbour St", "88 harbour street"),
        ("88 Harbour St", "88 Harbour"),
        ("88 Harbour St.", "88 Harbour St, Toronto, ON M5J 1B7"),
        ("88 Harbour St Toronto", "88 Harbour St, Toronto"),
        ("1509-25 The Esplanade", "25 The Esplanade, Unit 1509"),
        ("1509-25 The Esplanade", "Suite 1509, 25 the esplanade, Toronto"),
        ("1509 - 25 The Esplanade", "25 The Esplanade #1509"),
        ("25 The Esplanade apt 1509", "25 The Esplanade Apt #1509, Toronto"),
        ("Unit 6, 245 Dalesford Rd", "245 Dalesford Road unit 06"),
        ("PH 2 - 1 Scott St", "1 Scott St, PH2"),
        ("Upper 45 Rusholme Rd", "45 Rusholme Rd, upper"),
        ("231 Lake Shore Blvd W", "231 Lake Shore Boulevard West, Toronto"),
        ("100 King St", "100 King St W"),
        ("540 Jones St SF", "540 Jones Street, San Francisco"),
        ("77 rue St-Denis", "77 rue st-denis"),
        ("12 Rue Émile", "12 rue emile"),
        ("Danforth & Woodbine", "danforth & woodbine"),
        ("10 O'Connor Dr", "10 OConnor Drive"),
        ("88 Harbour St, Toronto, ON M5J 1B7", "88 Harbour St, Toronto, Ontario, Canada"),
    ],
)
def test_it_sees_that_it_is_the_same_place(one, other):
    assert same_place(place_of(one), place_of(other))
    assert same_place(place_of(other), place_of(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("88 Harbour St", "89 Harbour St"),
        ("88 Harbour St", "88 Harbord St"),
        ("25 The Esplanade", "1509-25 The Esplanade"),
        ("1509-25 The Esplanade", "1510-25 The Esplanade"),
        ("88 Harbour St, Toronto", "88 Harbour St, Oakland"),
        ("100 King St W", "100 King St E"),
        ("12 Elm St", "12 Elm Ave"),
        ("5 Park", "5 Park Lawn Rd"),
        ("5 King", "5 Kingston Rd"),
        ("PH2-1 Scott St", "2-1 Scott St"),
        ("Upper 45 Rusholme Rd", "Lower 45 Rusholme Rd"),
        ("", ""),
        ("", "88 Harbour St"),
        ("12A Elm St", "12 Elm St"),
    ],
)
def test_it_sees_that_it_is_another_place(one, other):
    assert not same_place(place_of(one), place_of(other))
    assert not same_place(place_of(other), place_of(one))


def test_it_takes_an_address_apart():
    assert place_of("1509-25 The Esplanade, Toronto, ON M5E 1W5") == Place(
        "25", "1509", ("the", "esplanade"), "toronto"
    )


def test_it_knows_the_number_to_look_for():
    assert house_number(place_of("Unit 6, 245B Dalesford Rd")) == "245"
    assert house_number(place_of("Danforth & Woodbine")) == ""


@given(st.text(max_size=200))
def test_it_has_an_answer_to_any_text(text):
    place = place_of(text)
    assert same_place(place, place) is bool(place.street)
