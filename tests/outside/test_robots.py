import pytest

from registration.outside.addresses import read_address
from registration.outside.calls import OWN_NAME, NotFetched
from registration.outside.choices import Trouble
from registration.outside.fetch import Answer
from registration.outside.robots import LONGEST_PAUSE, Robots, judged, read_robots
from tests.outside.memory import megabytes_of


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        pytest.param("", "/", True, id="empty"),
        pytest.param("User-agent: *\nDisallow:", "/", True, id="nothing disallowed"),
        pytest.param("User-agent: *\nDisallow: /", "/vi/", False, id="all"),
        pytest.param("Disallow: /", "/", True, id="for nobody"),
        pytest.param("user-agent:*\ndisallow:/vi # no", "/vi/x", False, id="no spaces, a remark"),
        pytest.param("User-agent: Other\nDisallow: /", "/", True, id="for another"),
        pytest.param("User-agent: DonationPortal/2\nDisallow: /", "/", False, id="for us"),
        pytest.param(
            "User-agent: *\nDisallow: /\nUser-agent: donationportal\nDisallow: /x", "/", True,
            id="our own group alone",
        ),
        pytest.param(
            "User-agent: other\nUser-agent: *\nDisallow: /a", "/a", False, id="a group for two"
        ),
        pytest.param(
            "User-agent: *\nDisallow: /a\nUser-agent: other\nDisallow: /b\n"
            "User-agent: *\nDisallow: /c",
            "/c",
            False,
            id="a group in two parts",
        ),
        pytest.param("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True, id="the longest"),
        pytest.param("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True, id="the friendlier"),
        pytest.param("User-agent: *\nDisallow: /*.php$", "/x.php", False, id="star and end"),
        pytest.param("User-agent: *\nDisallow: /*.php$", "/x.php?a=1", True, id="not at the end"),
        pytest.param("User-agent: *\nDisallow: /a*b*c", "/a-c-b", True, id="stars in order"),
        pytest.param("User-agent: *\nDisallow: /a*a$", "/a", True, id="no letter used twice"),
        pytest.param("User-agent: *\nDisallow: /$", "/", False, id="the front page alone"),
        pytest.param("User-agent: *\nDisallow: /$", "/vi", True, id="not the rest"),
        pytest.param(
            "User-agent: *\nDisallow: /bệnh", "/b%E1%BB%87nh/", False, id="letters of their own"
        ),
        pytest.param("\ufeffUser-agent: *\r\nDisallow: /\r\n", "/", False, id="from Windows"),
        pytest.param("<html><body>Not found</body></html>", "/", True, id="a page"),
    ],
)  # fmt: skip
def test_robots_allow(text: str, path: str, allowed: bool) -> None:
    assert read_robots(text).allows(path) is allowed


def test_robots_with_many_stars_take_no_time() -> None:
    robots = read_robots("User-agent: *\nDisallow: /" + "*a" * 5000 + "$")

    assert robots.allows("/" + "a" * 4000)


@pytest.mark.parametrize(
    ("asked", "kept"), [("2", 2.0), ("0.5", 0.5), ("86400", LONGEST_PAUSE), ("soon", 0.0)]
)
def test_crawl_delay_is_bounded(asked: str, kept: float) -> None:
    assert read_robots(f"User-agent: *\nCrawl-delay: {asked}\nDisallow: /x").pause == kept


@pytest.mark.parametrize(
    ("trouble", "status", "expected"),
    [
        pytest.param(Trouble.STATUS, 404, "allowed", id="missing"),
        pytest.param(Trouble.STATUS, 403, "allowed", id="refused to us"),
        pytest.param(Trouble.STATUS, 500, "forbidden", id="error"),
        pytest.param(Trouble.STATUS, 503, "forbidden", id="overloaded"),
        pytest.param(Trouble.REDIRECTS, None, "allowed", id="a loop"),
        pytest.param(Trouble.NOT_PUBLIC, None, "allowed", id="leads inside"),
        pytest.param(Trouble.NOT_HTML, 200, "allowed", id="packed in a strange way"),
        pytest.param(Trouble.REFUSED, None, "refused", id="refused"),
        pytest.param(Trouble.TIMEOUT, None, "timeout", id="too slow"),
        pytest.param(Trouble.CERTIFICATE, None, "certificate", id="certificate"),
        pytest.param(Trouble.NO_ADDRESS, None, "no_address", id="unknown"),
    ],
)
def test_answer_to_robots(trouble: Trouble, status: int | None, expected: str) -> None:
    address = read_address("http://example.org/robots.txt")
    assert address is not None

    known = judged(Answer(address, trouble=trouble, status=status))

    if isinstance(known, Robots):
        assert (expected, known.rules) == ("allowed", ())
    else:
        assert isinstance(known, NotFetched)
        assert ("forbidden" if known.is_forbidden else known.trouble) == expected


def test_rules_for_thousands_of_others_are_not_kept() -> None:
    agents = "\n".join(f"User-agent: a{number}" for number in range(15_000))
    rules = "\n".join(f"Disallow: /{number}" for number in range(15_000))

    assert megabytes_of(lambda: read_robots(f"{agents}\n{rules}")) < 20


def test_our_own_group_counts_among_many() -> None:
    own = f"User-agent: other\nUser-agent: {OWN_NAME}\nDisallow: /private"
    text = f"{own}\n\nUser-agent: *\nDisallow: /"

    assert read_robots(text).rules == read_robots("User-agent: *\nDisallow: /private").rules
