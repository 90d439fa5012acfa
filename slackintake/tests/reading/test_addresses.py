import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from slackintake.reading.addresses import find_addresses


def found(text: str) -> list[str]:
    return [address.text for address in find_addresses(text)]


@pytest.mark.parametrize(
    "address",
    [
        "123 Main St",
        "1509-25 The Esplanade",
        "14-2391 Lake Shore Blvd W",
        "PH02 - 300 Front St W",
        "Unit 6, 245 Dalesford Rd",
        "Ph 4, 1 Scott St",
        "Upper 45 Rusholme Dr",
        "bsmt 77 Shanly St",
        "Apt 5 - 2750 Mission St",
        "2 Berkeley St Suite 305",
        "540 Jones St #803",
        "540 Jones St #803 SF",
        "90 Tycos Dr, units 4-6",
        "1188 Dufferin main flr",
        "88A Harbord St",
        "12½ Elm Grove",
        "Lot 14 Kestrel Ridge Cres",
        "RR 2, 4417 Concession Rd 7, Uxbridge ON L9P 1R2",
        "8890 Highway 9, Mono ON",
        "6620 Sideroad 15, Caledon",
        "1842 Fell Street, San Francisco CA 94117",
        "418 41st St, Oakland",
        "33 St. George St",
        "400 St Clair Ave W",
        "100 Avenue Rd",
        "16 Park Lane Circle",
        "12 Camino Sobrante",
        "app. 304, 77 av. Huntley",
        "11, rue Galley",
        "12 rue de la Montagne",
        "77 Mutual St 1810",
        "5 King St E, Toronto, ON M5V 2T6",
        "20 O'Connor Dr",
        "455 boul. René-Lévesque",
    ],
)
def test_it_finds_an_address_in_full(address):
    assert found(f"new listing at {address}") == [address]
    assert found(f"{address}: photos by Friday pls") == [address]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("73 Brentcliffe is SOLD", "73 Brentcliffe"),
        ("closing for 12 Sousa Mendes on Friday", "12 Sousa Mendes"),
        ("the sign at 60 shaw fell over", "60 shaw"),
        ("photos 5 king st w tomorrow", "5 king st w"),
        ("2209-1 Yorkville w/ my clients", "2209-1 Yorkville"),
        ("signed 1210-8 Eglinton Ave E\n2,600 a month", "1210-8 Eglinton Ave E"),
        ("NEW LISTING 45 MAIN ST FOR SALE", "45 MAIN ST"),
    ],
)
def test_it_finds_an_address_written_in_a_hurry(text, address):
    assert found(text) == [address]


@pytest.mark.parametrize(
    ("text", "corner"),
    [
        ("retail unit at Danforth & Woodbine", "Danforth & Woodbine"),
        ("drop cards around Dundas St W and Ossington", "Dundas St W and Ossington"),
        ("corner of Bathurst & Finch", "Bathurst & Finch"),
    ],
)
def test_it_finds_an_intersection(text, corner):
    assert found(text) == [corner]


@pytest.mark.parametrize(
    "text",
    [
        "the new one on Palmerston",
        "Garrison Point, the one with the pool",
        "24 hours notice please",
        "3 showings on Queen St",
        "order 250 cards by Dec 5",
        "$1,299,000 firm",
        "form 801 Needed",
        "2 bed 2 bath",
        "open house Sat 2-4",
        "4:30 Tuesday",
        "call 647-555-0177",
        "Nov 12, 2-4pm, the Okonjo family",
        "Tom & Sarah say hi",
        "10 min drive from here",
        "libre le 1er mai",
        "30 juin",
        "MLS # C8123456",
        "asking 2.5 Million",
        "order 20 Costco pizzas",
        "mailing labels for 120 households on Bellwood",
    ],
)
def test_it_makes_up_no_address(text):
    assert found(text) == []


def test_it_keeps_two_addresses_apart():
    assert found("8 Fennings St and 10 Fennings St, both 1.25") == ["8 Fennings St", "10 Fennings St"]


NAMES = st.sampled_from(
    ["Larkmoor", "Glen Manor", "St Clair", "Old Orchard", "Wexcombe", "O'Hara", "Queen's Quay", "41st", "King"]
)
TYPES = st.sampled_from(["St", "Street", "Ave", "Rd", "Blvd", "Cres", "Dr", "Crt", "Pl", "Way", "Terrace", "Sq"])
ENDS = st.sampled_from(["", " W", " East"])
UNITS = st.sampled_from(["", " #{0}", " unit {0}", ", Suite {0}", " apt {0}", ", ph {0}"])
BEFORE = st.sampled_from(["", "{0}-", "{0} - ", "Unit {0}, ", "#{0} - ", "Ph {0}, ", "Apt {0} at "])
SENTENCES = st.sampled_from(
    [
        "New sale listing: {0}. Photos by Friday",
        "please change the sign at {0}",
        "{0} sold firm, closing Mar 31",
        "my tenants move into {0} on Feb 1, keys please",
        "{0}",
        "can you book 3 showings for {0}, 2 of them Saturday at 4?",
        "- {0}\n- 2,600 a month",
        "“{0}”, 1.2M, 3 bed",
    ]
)


@given(st.integers(1, 9999), NAMES, TYPES, ENDS, BEFORE, UNITS, st.integers(1, 4999), SENTENCES)
def test_an_address_is_found_again_in_any_sentence_and_keeps_its_unit(
    number, name, kind, end, before, after, unit, sentence
):
    assume(not (before and after))
    address = f"{before.format(unit)}{number} {name} {kind}{end}{after.format(unit)}"
    assert found(sentence.format(address)) == [address]


@given(st.text(max_size=200))
def test_nothing_is_found_that_is_not_in_the_text(text):
    for address in find_addresses(text):
        assert 0 <= address.start < address.end <= len(text)
        assert address.text.split() == text[address.start : address.end].strip(" ,").split()
