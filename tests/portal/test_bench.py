import json
from pathlib import Path

import pytest

from bench.citizens import Citizen, communes
from bench.hands import ANSWERS, keys_of
from bench.installation import unit_command
from bench.measures.registrations import Round
from bench.rank import chance_of_no_difference
from bench.table import as_text, row_of, write_json, written
from bench.visits import boxes, form_values

PAGE = """
<form method="post" id="change"><input type="hidden" name="action" value="change">
<button type="submit" name="focus" value="email">Change</button></form>
<form method="post" id="send"><input type="hidden" name="full_name" value="Đo &amp; Tải">
<input type="text" name="website"><input type="checkbox" name="act_notice" value="a1">
<button type="submit" name="action" value="send">Send</button></form>
"""


def test_row_of_takes_medians_and_the_ratio_between_them() -> None:
    rounds = [(90.0, 30.0), (100.0, 50.0), (300.0, 60.0)]

    row = row_of("registrations", rounds, unit="registrations/s")

    assert (row.ours, row.reference, row.ratio) == (100.0, 50.0, 2.0)
    assert (row.spread, row.rounds) == ((2.0, 5.0), 3)


@pytest.mark.parametrize("rounds", [[], [(1.0, 2.0), (1.0, 0.0)]], ids=["no round", "nothing"])
def test_row_of_without_a_reference_refuses(rounds: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="registrations"):
        row_of("registrations", rounds, unit="registrations/s")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (14203.4, "14,203"),
        (157.12, "157"),
        (57.12, "57.1"),
        (4.0, "4"),
        (4.05, "4.05"),
        (0.4149, "0.415"),
        (0.0412345, "0.0412"),
    ],
)
def test_written_keeps_three_digits(number: float, text: str) -> None:
    assert written(number) == text


def test_as_text_puts_columns_under_their_heads() -> None:
    rows = [row_of("a page", [(2000.0, 4000.0)], unit="answers/s")]

    lines = as_text(rows).splitlines()

    assert lines == [
        "measured   ours  reference  ratio       spread  rounds  unit       good is",
        "a page    2,000      4,000  0.500  0.500–0.500       1  answers/s  more",
    ]


def test_write_json_names_both_sides_and_their_ratio(tmp_path: Path) -> None:
    file = tmp_path / "var" / "bench.json"

    write_json([row_of("figures", [(3.0, 2.0)], unit="ms", better="less")], file)

    assert json.loads(file.read_text(encoding="utf-8")) == [
        {
            "name": "figures",
            "ours": 3.0,
            "reference": 2.0,
            "ratio": 1.5,
            "unit": "ms",
            "better": "less",
            "spread": [1.5, 1.5],
            "rounds": 1,
        }
    ]


def test_form_values_answers_the_form_whose_button_is_pressed() -> None:
    values = form_values(PAGE, boxes(PAGE, "act_"), press="send")

    assert values == [("full_name", "Đo & Tải"), ("action", "send"), ("act_notice", "a1")]


def test_citizens_share_no_number_no_mailbox_and_no_address() -> None:
    people = [Citizen(number) for number in range(0, 600_000, 7)]

    for name in ("identity_number", "email", "address", "name"):
        assert len({getattr(each, name) for each in people}) == len(people)
    assert {each.identity_number[:3] for each in people} == {"999"}
    assert len(communes()) > 0


def test_unit_command_runs_the_web_server_of_production() -> None:
    command = unit_command("portal-web.service", ports={"--port": "4321"})

    assert command[1:3] == ["-m", "granian"]
    assert command[command.index("--port") + 1] == "4321"
    assert command[-1] == "portal.wsgi:application"


@pytest.mark.parametrize(
    ("first", "second", "chance"),
    [
        pytest.param([1.0, 2, 3, 4, 5], [1.0, 2, 3, 4, 5], 1.0, id="equal"),
        pytest.param([7.0] * 9, [7.0] * 4, 1.0, id="one value"),
        # By hand: U = 0, its mean 12.5, its spread √(25·11/12) = 4.787, z = 12/4.787.
        pytest.param([1.0, 2, 3, 4, 5], [6.0, 7, 8, 9, 10], 0.012186, id="apart"),
        # U = 2 of 8, four fives alike: √(16/12·(9 − 60/56)) = 3.251, z = 5.5/3.251.
        pytest.param([1.0, 2, 5, 5], [5.0, 5, 8, 9], 0.090724, id="ties"),
    ],
)
def test_chance_of_no_difference(first: list[float], second: list[float], chance: float) -> None:
    assert chance_of_no_difference(first, second) == pytest.approx(chance, abs=1e-5)
    assert chance_of_no_difference(second, first) == pytest.approx(chance, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "keys"),
    [("0912", 4), ("diem", 4), ("Diễm", 7), ("đường", 9), ("Đ", 3), ("", 0)],
)
def test_keys_of_counts_accents_and_capitals(text: str, keys: int) -> None:
    assert keys_of(text) == keys


def test_whole_registration_takes_both_times() -> None:
    assert Round(pledges=30.0, confirmations=60.0).whole == pytest.approx(20.0)


def test_hands_answer_with_a_number_of_nobody() -> None:
    assert ANSWERS["identity_number"].startswith("999")
    assert ANSWERS["email"].endswith("example.org")
