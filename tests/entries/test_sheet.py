"""Many at once: any office's columns, a preview that saves nothing, slices, corrections."""

import csv
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registration.common.errors import RuleBroken
from registration.common.spreadsheets import MOST_BYTES, decode
from registration.entries import visit
from registration.entries.sheets import read_table, write_table
from registration.entries.typed import door_of
from registration.ledger.models import Event
from registration.pledges.answers import stored_answers
from registration.pledges.models import Pledge
from tests.entries.typing import (
    SIGNED_ON,
    address,
    batch_of,
    row,
    send_table,
    table,
)
from tests.intake.visits import form_key, hidden

ALL_BOXES = {"texts_agreed": "on", "form_signed": "on", "paper_seen": "on"}


def read(reference: Any, staff: Any, text: str, **boxes: str) -> Any:
    from django.utils import timezone

    door = door_of(batch_of(reference, staff), language="en", now=timezone.now())
    return read_table(text, door.setting, boxes={"texts_agreed": "on", **boxes})


def carried(html: str) -> str:
    found = re.search(r'<input type="hidden" name="text" value="(.*?)">', html, re.DOTALL)
    return unescape(found.group(1)) if found else ""


def test_preview_saves_nothing_and_counts(client: Client, reference: Any, ayse: Any) -> None:
    batch = batch_of(reference, ayse)
    client.force_login(ayse)
    text = table(row(1), row(2, id="12"), row(3))

    response = send_table(client, batch, text, "preview")

    html = response.content.decode()
    assert response.status_code == 200
    assert (response.context["good"], response.context["bad"]) == (2, 1)
    assert (Pledge.objects.count(), Event.objects.count()) == (0, 0)
    # What must not be kept is in the page and nowhere else.
    assert carried(html).splitlines() == text.splitlines()
    assert "Diễm" not in str(client.session.items())


def test_good_rows_are_entered_once_however_often_they_are_sent(
    client: Client, reference: Any, ayse: Any
) -> None:
    batch = batch_of(reference, ayse)
    client.force_login(ayse)
    text, key = table(row(1), row(2, id="12"), row(3)), form_key()

    for _twice in range(2):
        page = send_table(client, batch, text, "enter", form_key=key, **ALL_BOXES)

    assert (page.status_code, page.context["done"], page.context["remaining"]) == (200, 2, 0)
    entered = list(Pledge.objects.order_by("received_at"))
    assert [pledge.state for pledge in entered] == ["confirmed"] * 2
    for pledge in entered:
        assert (pledge.channel, pledge.batch, pledge.unit) == ("import", batch, reference.hospital)
        assert pledge.signed_on == SIGNED_ON
        assert sorted(pledge.steps.values_list("kind", flat=True)) == ["form_signed", "paper_seen"]
    told = stored_answers(entered[0])
    assert (told.person.full_name, str(told.person.birth_date)) == (
        "Nguyễn Thị Diễm b",
        "1990-03-27",
    )
    assert (told.person.locality, told.person.phone) == (reference.ha_long, "+84912345678")
    assert (told.organs, told.keeps_identity_secret) == (("cornea", "kidney"), True)
    assert told.person.card_address == "Số 7 Hải Thịnh, Phường Hạ Long, Quảng Ninh"


def test_nobody_is_entered_without_the_signed_texts(
    client: Client, reference: Any, ayse: Any
) -> None:
    batch = batch_of(reference, ayse)
    client.force_login(ayse)

    page = send_table(client, batch, table(row(1)), "enter")

    assert (page.status_code, Pledge.objects.count()) == (422, 0)
    assert page.templates[0].name == "entries/preview.html"


def test_two_hundred_rows_go_in_slices_with_fixed_queries_each(
    client: Client, reference: Any, ayse: Any, count_queries: Callable[..., int], monkeypatch: Any
) -> None:
    batch = batch_of(reference, ayse)
    client.force_login(ayse)
    text, key = table(*[row(number) for number in range(200)]), form_key()
    answers: list[Any] = []

    def send() -> None:
        answers.append(send_table(client, batch, text, "enter", form_key=key, texts_agreed="on"))

    preview = count_queries(lambda: send_table(client, batch, text, "preview"))
    monkeypatch.setattr(visit, "SLICE", 10)
    ten = count_queries(send)
    monkeypatch.setattr(visit, "SLICE", 20)
    twenty = count_queries(send)

    each = (twenty - ten) / 10
    assert (preview <= 14, each <= 42, ten - 10 * each <= 24) == (True, True, True), (
        preview,
        ten,
        twenty,
    )
    assert [a.context["remaining"] for a in answers] == [190, 170]
    assert ["data-continue" in a.content.decode() for a in answers] == [True, True]
    assert batch.pledges.count() == 30


def test_bad_rows_come_back_with_reasons_and_without_formulas(
    client: Client, reference: Any, steward: Any
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)
    bad = row(2, name="=HYPERLINK(1)", phone="+84912345678", id="12")
    text = table(row(1), bad)

    response = send_table(client, batch, text, "correct")

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    content = response.content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(content), delimiter=";"))
    assert len(lines) == 2
    assert lines[1][0] == "'=HYPERLINK(1)"
    assert lines[1][5:8].count("'+84912345678") == 1
    assert "12" in lines[1][-1]
    # Corrected and sent again: the apostrophes and the column of reasons are no hindrance.
    again = content.replace("'=HYPERLINK(1)", "Trần Thị Ễ").replace(";12;", ";022190000099;")
    read_again = read(reference, steward, again)
    assert (len(read_again.good), read_again.bad, read_again.unknown) == (1, [], [])
    assert read_again.good[0].cells["phone"] == "+84912345678"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"born": "31/2/1990"}, ["Date of birth"]),
        ({"born": "3/27/1990"}, ["Date of birth"]),
        ({"born": "27/3/2015"}, ["Date of birth"]),
        ({"sex": "?"}, ["Sex"]),
        ({"place": "Hà Nội"}, ["Ward or commune"]),
        ({"organs": "Thận, Đuôi"}, ["Organs and tissues"]),
        ({"organs": ""}, ["Organs and tissues"]),
        ({"secret": "có lẽ"}, ["Identity kept secret"]),
        ({"phone": "", "email": "nobody"}, ["Telephone", "E-mail"]),
        ({"name": "Нгуен"}, ["Full name"]),
    ],
)
def test_a_bad_cell_is_named_by_its_column(
    reference: Any, steward: Any, changes: dict[str, str], words: list[str]
) -> None:
    found = read(reference, steward, table(row(1, **changes)))

    (only,) = found.bad
    assert [error.split(":")[0] for error in sorted(only.errors)] == sorted(words)


@pytest.mark.parametrize(
    "born",
    ["27/3/1990", "27.03.1990", "27-3-1990", "1990-03-27", "1990-03-27 00:00:00", "27 3 1990"],
)
def test_dates_are_read_as_offices_write_them(reference: Any, steward: Any, born: str) -> None:
    (only,) = read(reference, steward, table(row(1, born=born))).good

    assert str(only.birth_date) == "1990-03-27"


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        (
            "Adı soyadı\tDoğum tarihi\tE-posta\tOrganlar",
            "Işıl Şimşek\t1.2.1985\tisil@example.org\tBöbrek; Kornea",
        ),
        ("Full name,Date of birth,E-mail,Organs", "Işıl Şimşek,1985-02-01,isil@example.org,all"),
        ("Họ tên;Ngày sinh;Email;Mô tạng", "Işıl Şimşek;1/2/1985;isil@example.org;Tất cả"),
    ],
    ids=["tr", "en", "vi"],
)
def test_headings_are_known_in_each_language(
    client: Client, reference: Any, steward: Any, heading: str, cells: str
) -> None:
    from django.utils import timezone

    batch = batch_of(reference, steward, province=reference.adana, unit=reference.adana_department)
    door = door_of(batch, language="en", now=timezone.now())

    found = read_table(f"{heading}\n{cells}", door.setting, boxes={"texts_agreed": "on"})

    (only,) = found.good
    told = only.form.answers(language="tr")
    assert (told.person.full_name, told.person.email) == ("Işıl Şimşek", "isil@example.org")
    assert (str(told.person.birth_date), told.organs) == ("1985-02-01", ("cornea", "kidney"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "sheet_empty"),
        ("Họ và tên;Ngày sinh\n", "sheet_empty"),
        ("Họ và tên;Ngày sinh\nDiễm;1/1/1990", "column_missing"),
        (table(row(1), '"open'), "sheet_broken"),
        (table(*[row(1)] * 501), "too_many_rows"),
        ("x" * (MOST_BYTES + 1), "sheet_too_large"),
        (table(row(1)).replace("Email", "Điện thoại"), "column_twice"),
    ],
    ids=["nothing", "heading", "columns", "quote", "rows", "bytes", "twice"],
)
def test_a_table_that_cannot_be_read_is_refused(
    reference: Any, steward: Any, text: str, code: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        read(reference, steward, text)

    assert refusal.value.code == code


def test_one_person_in_two_rows_is_one(reference: Any, steward: Any) -> None:
    found = read(reference, steward, table(row(1), row(2), row(1, name="Nguyễn Thị Diễm")))

    assert [one.number for one in found.bad] == [4]
    assert "2" in found.bad[0].errors[0]


def test_unknown_columns_are_named_and_contradictions_are_warned_of(
    reference: Any, steward: Any
) -> None:
    text = table(row(1, sex="Nam") + ";A+").replace("Giữ bí mật", "Giữ bí mật;Nhóm máu")

    found = read(reference, steward, text)

    assert found.unknown == ["Nhóm máu"]
    assert len(found.good[0].warnings) == 1


def test_file_is_read_like_pasted_text(client: Client, reference: Any, steward: Any) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)
    contents = [table(row(1)).encode("utf-8-sig"), table(row(1)).encode("utf-16")]

    for content in contents:
        file = SimpleUploadedFile("people.csv", content, content_type="text/csv")
        page = send_table(client, batch, "", "preview", file=file)

        assert (page.status_code, page.context["good"]) == (200, 1)


@pytest.mark.parametrize("size", [MOST_BYTES + 10, 3 * 1024 * 1024])
def test_large_file_is_refused_and_never_written_to_disk(
    client: Client, reference: Any, steward: Any, size: int, settings: Any, tmp_path: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "gone")
    batch = batch_of(reference, steward)
    client.force_login(steward)
    file = SimpleUploadedFile("people.csv", b"x" * size, content_type="text/csv")

    page = send_table(client, batch, "", "preview", file=file)

    assert page.status_code == 422


def test_letters_of_an_old_file_are_refused_with_advice() -> None:
    with pytest.raises(RuleBroken) as refusal:
        decode("Họ và tên;Ngày sinh".encode("utf-16-le") + b"\xff")

    assert refusal.value.code == "file_encoding"


def test_forged_request_is_refused(reference: Any, steward: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(steward)

    page = send_table(client, batch_of(reference, steward), table(row(1)), "enter", **ALL_BOXES)

    assert (page.status_code, Pledge.objects.count()) == (403, 0)


def test_telephone_batches_and_strangers_get_no_table(
    client: Client, reference: Any, steward: Any, ayse: Any
) -> None:
    by_phone = batch_of(reference, steward, channel="phone")
    others = batch_of(reference, steward, unit=reference.steward)
    client.force_login(steward)
    assert send_table(client, by_phone, table(row(1)), "enter", **ALL_BOXES).status_code == 422

    client.force_login(ayse)
    assert send_table(client, others, table(row(1)), "enter", **ALL_BOXES).status_code == 404
    assert not Pledge.objects.exists()


def test_template_has_the_form_s_columns_in_the_reader_s_words(
    client: Client, reference: Any, steward: Any
) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)

    content = client.get(address(batch, "sheet/template/")).content.decode("utf-8-sig")

    headings = content.strip().split(";")
    assert len(headings) == 17
    values = dict(zip(headings, [""] * 17, strict=True))
    assert len(values) == 17
    assert "Họ và tên" in headings


def test_preview_page_keeps_its_key(client: Client, reference: Any, steward: Any) -> None:
    batch = batch_of(reference, steward)
    client.force_login(steward)
    key = form_key()

    html = send_table(client, batch, table(row(1)), "preview", form_key=key).content.decode()

    assert hidden(html, "form_key") == key


def test_no_cell_that_is_written_is_a_formula() -> None:
    cells = ["=1", "+1", "-1", "@x", "\tx", "\rx", "a=1"]

    written = write_table([cells], language="en")

    (read_back,) = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert read_back == [*[f"'{cell}" for cell in cells[:-1]], "a=1"]
