"""Contact points: the topic's own, the nearest place's first; the place's own 12345 as it is dialled from anywhere."""

from __future__ import annotations

import re

import pytest

from bot.contacts import Directory, Hints
from bot.matcher import Matcher
from bot.records import Contact, Topic
from bot.values import ContactBasis, ContactKind


@pytest.fixture(scope="module")
def directory(matcher: Matcher) -> Directory:
    """The contact points of the real knowledge."""
    return Directory(matcher.base.contacts, matcher.gazetteer)


def test_what_was_merged_away_serves_some_cities_or_is_for_emergencies_is_never_offered(
    matcher: Matcher, directory: Directory
) -> None:
    for topic in matcher.base.topics:
        for place in (None, "320582", "110101", "659001"):
            for contact in directory.own(topic, place):
                assert not contact.merged_into
                assert not contact.partial
                assert contact.value not in ("110", "119", "120", "122")


def test_a_place_elsewhere_is_never_offered(directory: Directory) -> None:
    for contact in (*directory.own("info", "320582"), *directory.general("320582")):
        assert contact.place in (None, "320582", "320500", "320000")


def test_the_nearest_place_comes_first(directory: Directory) -> None:
    places = [c.place for c in directory.own("info", "320582") if c.place]
    assert places[:3] == ["320582", "320500", "320000"]


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ("320582", "0512-12345"),
        ("110101", "010-12345"),
        ("130300", "0335-12345"),
        ("nj-jiangbei", "025-12345"),
        ("320000", "12345"),
        (None, "12345"),
    ],
)
def test_the_hotline_of_a_place_has_its_area_code(
    directory: Directory, place: str | None, number: str
) -> None:
    hotline = directory.hotline(place)
    assert hotline
    assert hotline.value == number
    assert hotline.sources


def test_every_area_code_is_one_that_exists(matcher: Matcher) -> None:
    """Three digits only for Beijing (010) and the 02x cities, four everywhere else."""
    codes = [p.area_code for p in matcher.base.places.values() if p.area_code]
    assert len(codes) > 300
    assert [c for c in codes if not re.fullmatch(r"010|02\d|0[3-9]\d{2}", c)] == []


def test_an_empty_base_has_no_hotline(matcher: Matcher) -> None:
    empty = Directory([], matcher.gazetteer)
    assert empty.hotline("320582") is None
    assert empty.own("info", "320582") == []


def test_a_number_is_found_also_when_it_was_merged_away(directory: Directory) -> None:
    found = directory.number("12365")
    assert found
    assert found.merged_into == "12345"


def test_a_topic_is_what_the_account_says_before_what_its_unit_says() -> None:
    traffic, police = Topic("traffic", "交通", hints=("交警",)), Topic("hukou", "户籍", hints=("公安",))
    hints = Hints((police, traffic))
    assert hints.topics(["莒南交警", "临沂市公安局交通警察支队莒南大队"]) == ["traffic", "hukou"]
    assert hints.topics([None, "临沂市公安局交警支队"]) == ["traffic", "hukou"]
    assert hints.topics(["水润港城", None]) == []


def test_a_contact_of_the_whole_country_is_for_every_place(matcher: Matcher) -> None:
    anywhere = Contact(ContactKind.HOTLINE, "12333", ContactBasis.OFFICIAL, topics=("shebao",))
    assert Directory([anywhere], matcher.gazetteer).own("shebao", "659001") == [anywhere]
