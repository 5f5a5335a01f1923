import pytest

from registration.accounts.choices import Right, Role
from registration.accounts.rules import (
    may,
    require_fitting_roles,
    require_plain_email,
    require_username,
    session_is_over,
)
from registration.common.errors import RuleBroken

RIGHTS = {
    Role.ADMINISTRATOR: {
        "use_desk",
        "use_cms",
        "see_reports",
        "see_all_reports",
        "read_mailbox",
        "keep_recipients",
        "watch_reports",
        "see_totals",
        "keep_keys",
    },
    Role.OPERATOR: {"use_desk", "see_reports", "see_all_reports", "watch_reports"},
    Role.MINISTRY: {"use_desk", "see_reports", "see_totals", "keep_keys"},
    Role.EDITOR: {"use_desk", "use_cms"},
    Role.DEPARTMENT: {
        "use_desk",
        "see_reports",
        "keep_recipients",
        "keep_keys",
        "watch_sites",
    },
    Role.STEWARD: {
        "use_desk",
        "see_reports",
        "see_pledges",
        "step_pledges",
        "enter_pledges",
        "merge_pledges",
        "watch_sites",
    },
    Role.HOSPITAL: {"use_desk", "see_placements", "enter_pledges"},
    Role.COORDINATOR: {"use_desk", "look_up"},
    Role.RECEIVER: {"use_desk", "receive_cards"},
    Role.DATA_OFFICER: {"use_desk", "answer_requests"},
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_just_its_rights(role: Role) -> None:
    assert {right.value for right in Right if may([role], right)} == RIGHTS[role]


def test_rights_of_several_roles_add_up() -> None:
    assert may([Role.HOSPITAL, Role.STEWARD], Right.SEE_PLEDGES) is True
    assert may([], Right.USE_DESK) is False


@pytest.mark.parametrize("username", ["linh", "n.an", "thanh-hoa2", "ab", "a" * 50])
def test_plain_user_names_pass(username: str) -> None:
    require_username(username)


@pytest.mark.parametrize(
    "username",
    [
        pytest.param("lınh", id="dotless-i"),
        pytest.param("Linh", id="capital"),
        pytest.param("thủy", id="accents"),
        pytest.param("linh\n", id="newline"),
        pytest.param("linh\u200b", id="zero-width"),
        pytest.param("1linh", id="digit-first"),
        pytest.param("a", id="one-letter"),
        pytest.param("a" * 51, id="too-long"),
        pytest.param("", id="empty"),
    ],
)
def test_other_user_names_are_refused(username: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        require_username(username)

    assert refused.value.code == "username_not_plain"


def test_staff_mail_is_ascii() -> None:
    require_plain_email("ayse@example.org")

    with pytest.raises(RuleBroken) as refused:
        require_plain_email("ayşe@example.org")

    assert refused.value.code == "email_not_plain"


@pytest.mark.parametrize(
    ("roles", "has_unit", "code"),
    [
        pytest.param([], False, None, id="no-role"),
        pytest.param(["editor"], False, None, id="editor-needs-no-unit"),
        pytest.param(["steward"], True, None, id="steward-at-a-unit"),
        pytest.param(["steward"], False, "unit_missing", id="steward-of-nothing"),
        pytest.param(["root"], True, "role_unknown", id="unknown"),
    ],
)
def test_roles_fit(roles: list[str], has_unit: bool, code: str | None) -> None:
    if code is None:
        require_fitting_roles(roles, has_unit=has_unit)
        return
    with pytest.raises(RuleBroken) as refused:
        require_fitting_roles(roles, has_unit=has_unit)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("minutes_in_all", "minutes_idle", "over"),
    [
        pytest.param(0, 0, False, id="new"),
        pytest.param(100, 29.99, False, id="just-before-30-idle"),
        pytest.param(100, 30, True, id="30-idle"),
        pytest.param(479.99, 0, False, id="just-before-8-hours"),
        pytest.param(480, 0, True, id="8-hours"),
    ],
)
def test_session_ends(minutes_in_all: float, minutes_idle: float, over: bool) -> None:
    now = 1_800_000_000.0

    ended = session_is_over(
        signed_in_at=now - minutes_in_all * 60, seen_at=now - minutes_idle * 60, now=now
    )

    assert ended is over
