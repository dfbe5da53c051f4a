import pytest

from agent.core.dates.zones import iana, is_zone, words

NAMES = {
    "Pacific Standard Time": "America/Los_Angeles",
    "W. Europe Standard Time": "Europe/Berlin",
    "(UTC-08:00) Pacific Time (US & Canada)": "America/Los_Angeles",
    "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Berlin",
    "(UTC+10:00) Brisbane": "Australia/Brisbane",
    "(UTC+02:00)": "Etc/GMT-2",
    "Europe/Berlin": "Europe/Berlin",
    "europe/berlin": "Europe/Berlin",
    "/mozilla.org/20050126_1/America/New_York": "America/New_York",
    "America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "PT": "America/Los_Angeles",
    "Eastern": "America/New_York",
    "Eastern Time - US & Canada": "America/New_York",
    "MEZ": "Europe/Berlin",
    "UK time": "Europe/London",
    "New York time": "America/New_York",
    "heure de Paris": "Europe/Paris",
    "hora peninsular": "Europe/Madrid",
    "UTC+2": "Etc/GMT-2",
    "UTC": "Etc/UTC",
}


@pytest.mark.parametrize(("name", "zone"), NAMES.items())
def test_it_finds_the_iana_zone_of_a_name(name: str, zone: str) -> None:
    assert iana(name) == zone


@pytest.mark.parametrize(
    "name", ["", "Customized Time Zone", "nowhere time", "UTC+25", "x" * 10_000, "../etc/passwd"]
)
def test_it_says_none_rather_than_guess(name: str) -> None:
    assert iana(name) is None


def test_it_lists_only_words_that_zoneinfo_can_load() -> None:
    assert all(is_zone(iana(word) or "") for word in words())
