from dataclasses import dataclass

import pytest

from listings.models import GroupKey, TemplateLine
from slackintake.stated_dates import SpokenOf, spoken_of


@dataclass
class Line:
    pk: str
    name: str
    key_date: str = "intake"
    offset_days: int | None = 1


LINES = [
    Line("file", "Open the listing file"),
    Line("staging", "Book staging consultation", "photo", -3),
    Line("photos", "Take listing photos", "photo", 0),
    Line("edit", "Select and edit photos", "photo", 1),
    Line("sheet", "Prepare feature sheet and social posts", "go_live", -1),
    Line("sign", "Order yard sign and lockbox", "go_live", -2),
    Line("live", "Put the listing on MLS", "go_live", 0),
    Line("announce", "Announce the open house", "open_house", -3),
]
PHOTOS, LIVE, OPEN_HOUSE = SpokenOf("photo", "photos"), SpokenOf("go_live", "live"), SpokenOf("open_house", None)


@pytest.mark.parametrize(
    ("text", "when", "meaning"),
    [
        ("New sale listing at 88 Harbour St, photos by Friday", "by Friday", PHOTOS),
        ("by Friday we need photos please", "by Friday", PHOTOS),
        ("staging on Monday, photos by Friday", "by Friday", PHOTOS),
        ("staging on Monday, photos by Friday", "on Monday", SpokenOf(None, "staging")),
        ("photos done. going live Friday", "Friday", LIVE),
        ("want it on MLS by Thursday 9 am", "by Thursday 9 am", LIVE),
        ("open house on Sunday 2-4", "on Sunday 2-4", OPEN_HOUSE),
        ("sign up by Friday", "by Friday", SpokenOf(None, "sign")),
        ("feature sheets for Friday", "for Friday", SpokenOf(None, "sheet")),
        ("new listing 5 King St for Friday", "for Friday", SpokenOf()),
        ("feature sheet. also call me Friday", "Friday", SpokenOf()),
        ("alive and well by Friday", "by Friday", SpokenOf()),
        ("photographer booked?\nFriday", "Friday", SpokenOf()),
        ("closing on 30 March", "on 30 March", SpokenOf()),
    ],
)
def test_a_date_speaks_of_the_words_beside_it(text, when, meaning):
    start = text.index(when)
    assert spoken_of(LINES, text, start, start + len(when)) == meaning


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["SALE_LISTING", "LEASE_LISTING", "SALE_LEASE_LISTING"])
def test_photos_by_friday_is_the_photo_day_of_a_new_listing(key):
    assert key in GroupKey.values
    lines = list(TemplateLine.objects.filter(template=key))
    found = spoken_of(lines, "New listing at 88 Harbour St, photos by Friday", 37, 46)
    assert found.key_day == "photo"
    assert TemplateLine.objects.get(pk=found.line).name == "Take listing photos"
