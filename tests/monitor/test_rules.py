import pytest

from registration.monitor.choices import State
from registration.monitor.rules import (
    Kind,
    Mark,
    PageFindings,
    Sighting,
    is_published,
    judge,
    points_to_our_line,
    settle,
)
from registration.outside.choices import Trouble

OWN = {"own222"}


def mark(kind: Kind, code: str = "") -> Mark:
    return Mark(kind, code, f"http://testserver/b/{code}/" if code else "http://testserver/vi/")


@pytest.mark.parametrize(
    ("marks", "state", "code"),
    [
        pytest.param([], "missing", "", id="nothing"),
        pytest.param([mark(Kind.PICTURE, "own222")], "present", "own222", id="picture"),
        pytest.param([mark(Kind.COMPONENT, "own222")], "present", "own222", id="component"),
        pytest.param([mark(Kind.FRAME, "own222")], "present", "own222", id="frame"),
        pytest.param([mark(Kind.LINKED_PICTURE, "own222")], "present", "own222", id="saved"),
        pytest.param(
            [mark(Kind.PICTURE, "oth333"), mark(Kind.FRAME, "own222")],
            "present",
            "own222",
            id="own beside another",
        ),
        pytest.param([mark(Kind.PICTURE, "oth333")], "wrong_code", "oth333", id="another's"),
        pytest.param(
            [mark(Kind.LINK, "own222"), mark(Kind.PICTURE, "oth333")],
            "wrong_code",
            "oth333",
            id="own link under another's banner",
        ),
        pytest.param([mark(Kind.LINK)], "link_only", "", id="link"),
        pytest.param(
            [mark(Kind.LINK), mark(Kind.LINK, "own222")], "link_only", "own222", id="counted link"
        ),
    ],
)
def test_judge_takes_the_best_that_is_shown(marks: list[Mark], state: str, code: str) -> None:
    pages = [PageFindings(), PageFindings(marks=tuple(marks))]

    sighting = judge(pages, own_codes=OWN)

    assert (sighting.state, sighting.banner_code) == (state, code)


def test_judge_does_not_say_what_a_page_without_end_lacks() -> None:
    cut = PageFindings(is_cut=True)

    assert judge([cut], own_codes=OWN) == Sighting(State.SITE_DOWN, Trouble.TOO_LARGE)
    found = PageFindings(marks=(mark(Kind.PICTURE, "own222"),), is_cut=True)
    assert judge([found], own_codes=OWN).state == State.PRESENT


@pytest.mark.parametrize(
    ("before", "trouble_before", "seen", "trouble", "is_clicked", "state"),
    [
        pytest.param(None, "", "site_down", "timeout", False, "site_down", id="never seen well"),
        pytest.param("present", "", "site_down", "timeout", False, "present", id="down once"),
        pytest.param(
            "present", "timeout", "site_down", "refused", False, "site_down", id="down twice"
        ),
        pytest.param("missing", "", "site_down", "timeout", False, "missing", id="missing, down"),
        pytest.param("present", "", "not_allowed", "status", False, "present", id="robots in need"),
        pytest.param("present", "", "not_allowed", "", False, "not_allowed", id="robots forbid"),
        pytest.param("present", "", "missing", "", False, "missing", id="taken off"),
        pytest.param("site_down", "timeout", "present", "", False, "present", id="up again"),
        pytest.param(
            "not_allowed", "status", "site_down", "timeout", False, "not_allowed", id="robots, down"
        ),
        pytest.param(
            "not_allowed", "timeout", "site_down", "timeout", False, "site_down", id="robots, twice"
        ),
        pytest.param(
            "not_allowed", "", "site_down", "status", False, "site_down", id="robots allow, broken"
        ),
        pytest.param("not_allowed", "", "not_allowed", "", True, "present", id="forbidden, click"),
        pytest.param("site_down", "status", "site_down", "status", True, "present", id="click"),
        pytest.param("missing", "", "missing", "", True, "present", id="drawn by script, click"),
        pytest.param("present", "", "wrong_code", "", True, "wrong_code", id="wrong code, click"),
        pytest.param("present", "", "link_only", "", True, "link_only", id="link, click"),
        pytest.param("present", "", "no_website", "", True, "no_website", id="no website"),
    ],
)  # fmt: skip
def test_settle(
    before: str | None,
    trouble_before: str,
    seen: str,
    trouble: str,
    is_clicked: bool,
    state: str,
) -> None:
    settled = settle(
        State(seen),
        Trouble(trouble),
        before=State(before) if before else None,
        trouble_before=Trouble(trouble_before),
        is_clicked=is_clicked,
    )

    assert settled == state


@pytest.mark.parametrize(
    ("before", "is_ours", "state"),
    [
        ("present", True, "present"),
        ("present", False, "site_down"),
        ("missing", True, "missing"),
        ("site_down", True, "site_down"),
    ],
)
def test_settle_while_our_own_line_is_down(before: str, is_ours: bool, state: str) -> None:
    settled = settle(
        State.SITE_DOWN,
        Trouble.TIMEOUT,
        before=State(before),
        trouble_before=Trouble.TIMEOUT,
        is_clicked=False,
        is_our_outage=is_ours,
    )

    assert settled == state


@pytest.mark.parametrize(
    ("visited", "lost", "is_ours"),
    [(4, 4, False), (5, 4, True), (5, 3, False), (35, 28, True), (35, 27, False), (0, 0, False)],
)
def test_points_to_our_line(visited: int, lost: int, is_ours: bool) -> None:
    assert points_to_our_line(visited=visited, lost=lost) is is_ours


@pytest.mark.parametrize(
    ("number", "region", "figures", "is_there"),
    [
        pytest.param("0322 000 00 01", "TR", "Tel: 0322 000 00 01", True, id="as written"),
        pytest.param("0322 000 00 01", "TR", "03220000001", True, id="closed up"),
        pytest.param("0322 000 00 01", "TR", "(0322) 000-00-01", True, id="brackets"),
        pytest.param("0322 000 00 01", "TR", "322.000.00.01", True, id="dots"),
        pytest.param("0322 000 00 01", "TR", "+90 322 000 00 01", True, id="country code"),
        pytest.param("0322 000 00 01", "TR", "+90 (0) 322 000 00 01", True, id="both"),
        pytest.param("0322 000 00 01", "TR", "0090 322 000 00 01", True, id="dialled abroad"),
        pytest.param("+90 322 000 00 01", "TR", "0322 000 00 01", True, id="ours with its code"),
        pytest.param("0322 000 00 01", "TR", "0322 000 00 01 / 02", True, id="one more after"),
        pytest.param("0322 000 00 01", "TR", "0322 000 00 0199", False, id="a longer one"),
        pytest.param("0322 000 00 01", "TR", "10322 000 00 01", False, id="a longer one before"),
        pytest.param("0322 000 00 01", "TR", "0322 000 00 10", False, id="another"),
        pytest.param("0322 000 00 01", "TR", "0322 000 ¦ 00 01", False, id="two numbers"),
        pytest.param("0203 3825 555", "VN", "ĐT: 0203.3825.555", True, id="Vietnam, dots"),
        pytest.param("0203 3825 555", "VN", "84 203 3825555", True, id="Vietnam, no plus"),
        pytest.param("1900 9095", "VN", "Đường dây nóng 1900 9095", True, id="hotline"),
        pytest.param("182", "TR", "Alo 182", True, id="short"),
        pytest.param("182", "TR", "1182 ve 1820", False, id="short in a longer one"),
        pytest.param("00", "TR", "00 00 00", False, id="no number"),
    ],
)
def test_is_published(number: str, region: str, figures: str, is_there: bool) -> None:
    assert is_published(number, figures, region=region) is is_there
