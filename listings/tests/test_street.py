"""The part of an address that people say."""

import pytest

from listings.models import street_of


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("2847 Pacific Ave, San Francisco, CA 94115", "2847 Pacific Ave"),
        ("88 Harbour St, Unit 2307, Toronto, ON", "88 Harbour St, Unit 2307"),
        ("88 Harbour St, #2307, Toronto", "88 Harbour St, #2307"),
        ("209-1051 Gracefield Ave, Toronto, ON M9C 6C7", "209-1051 Gracefield Ave"),
        ("828 Fell Street Apt 386, Oakland, CA 94609", "828 Fell Street Apt 386"),
        ("49 Roehampton Ave, Phoenix, AZ", "49 Roehampton Ave"),
        ("Harbour St", "Harbour St"),
        ("", ""),
    ],
)
def test_it_leaves_city_and_code_out(address, street):
    assert street_of(address) == street
