from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.mailbox import letter_policy, with_links
from registration.outbox.models import MailboxFile, MailboxItem
from registration.privacy.models import View

pytestmark = pytest.mark.django_db
TEXT = "Xác nhận tại http://testserver/vi/pledge/confirm/abc/?x=1&y=2\n<script>alert(1)</script>"


@pytest.fixture
def item() -> MailboxItem:
    kept = MailboxItem.objects.create(
        channel="email",
        recipient="linh@example.org",
        subject="Đơn đăng ký <b>",
        text=TEXT,
        html="<html><head><style>p { color: teal }</style></head><body><p>Ễ</p></body></html>",
    )
    MailboxFile.objects.create(
        item=kept, name="số liệu.pdf", content_type="application/pdf", content=b"%PDF"
    )
    return kept


@pytest.fixture
def desk(client: Client, administrator: Any) -> Client:
    client.force_login(administrator)
    return client


def pages_of(item: MailboxItem) -> list[str]:
    return [
        reverse("desk:mailbox"),
        reverse("desk:mailbox_item", args=[item.pk]),
        reverse("desk:mailbox_html", args=[item.pk]),
        reverse("desk:mailbox_file", args=[item.pk, item.files.get().pk]),
    ]


def is_not_there(desk: Client, address: str) -> bool:
    # The locale middleware first tries the address under a language.
    return desk.get(address, follow=True).status_code == 404


def seen() -> list[tuple[object, str, str]]:
    return list(View.objects.values_list("subject", "page", "fields"))


def test_inbox_lists_the_newest_first_and_logs_each(desk: Client, item: MailboxItem) -> None:
    later = MailboxItem.objects.create(channel="sms", recipient="+84900000001", text="Mã 4711")

    page = desk.get(reverse("desk:mailbox"))

    html = page.content.decode()
    assert html.index("+84900000001") < html.index("linh@example.org")
    assert "Đơn đăng ký &lt;b&gt;" in html
    assert "Mã 4711" in html
    assert page.headers["Cache-Control"] == "no-store, private"
    assert seen() == [
        (later.pk, "desk:mailbox", "recipient,subject"),
        (item.pk, "desk:mailbox", "recipient,subject"),
    ]


def test_inbox_shows_25_and_leads_on(desk: Client) -> None:
    for number in range(26):
        MailboxItem.objects.create(channel="sms", recipient=f"+849{number:08d}", text="x")

    first = desk.get(reverse("desk:mailbox")).content.decode()
    second = desk.get(reverse("desk:mailbox"), {"page": 2}).content.decode()

    assert (first.count("+849"), second.count("+849")) == (25, 1)
    assert 'rel="next" href="?page=2"' in first


def test_inbox_without_messages_says_so(desk: Client) -> None:
    assert "/desk/mailbox/" in desk.get(reverse("desk:mailbox")).content.decode()
    assert seen() == []


def test_letter_shows_text_with_links_that_tell_nothing(desk: Client, item: MailboxItem) -> None:
    page = desk.get(reverse("desk:mailbox_item", args=[item.pk]))

    html = page.content.decode()
    address = "http://testserver/vi/pledge/confirm/abc/?x=1&amp;y=2"
    assert f'<a rel="noreferrer noopener" target="_blank" href="{address}">{address}</a>' in html
    assert "<script>alert" not in html
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert seen() == [(item.pk, "desk:mailbox_item", "recipient,subject,text")]


def test_letter_html_stands_in_a_frame_of_ours_and_can_do_nothing(
    desk: Client, item: MailboxItem
) -> None:
    page = desk.get(reverse("desk:mailbox_html", args=[item.pk]))

    policy = page.headers["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-inline" not in policy
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert page.content.decode().startswith('<html><head><base target="_blank"><style>')
    assert seen() == [(item.pk, "desk:mailbox_html", "html")]


def test_letter_html_of_a_text_message_is_not_there(desk: Client) -> None:
    sms = MailboxItem.objects.create(channel="sms", recipient="+84900000001", text="x")

    assert is_not_there(desk, reverse("desk:mailbox_html", args=[sms.pk]))


def test_letter_file_is_downloaded(desk: Client, item: MailboxItem) -> None:
    page = desk.get(pages_of(item)[3])

    assert b"".join(page.streaming_content) == b"%PDF"
    assert page.headers["Content-Type"] == "application/pdf"
    assert page.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''s%E1%BB%91")
    assert page.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert seen() == [(item.pk, "desk:mailbox_file", "file")]


def test_letter_file_of_another_letter_is_not_there(desk: Client, item: MailboxItem) -> None:
    other = MailboxItem.objects.create(channel="sms", recipient="+84900000001", text="x")
    address = reverse("desk:mailbox_file", args=[other.pk, item.files.get().pk])

    assert is_not_there(desk, address)


@pytest.mark.parametrize("who", ["linh", "ayse", "steward", "charlie"])
def test_nobody_without_the_right_reads_anything(
    client: Client, item: MailboxItem, request: pytest.FixtureRequest, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    answers = [client.get(page) for page in pages_of(item)]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert "linh@example.org" not in "".join(a.content.decode() for a in answers)
    assert seen() == []


def test_a_stranger_is_sent_to_sign_in(client: Client, item: MailboxItem) -> None:
    answers = [client.get(page) for page in pages_of(item)]

    assert [answer.status_code for answer in answers] == [302] * 4
    assert answers[0].headers["Location"] == "/account/login/?next=/desk/mailbox/"


def test_an_installation_that_sends_has_no_mailbox(
    desk: Client, item: MailboxItem, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SMS_URL = ""

    assert [is_not_there(desk, page) for page in pages_of(item)] == [True] * 4
    assert seen() == []


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_mailbox_is_only_read(desk: Client, item: MailboxItem, method: str) -> None:
    answers = [getattr(desk, method)(page) for page in pages_of(item)]

    assert [answer.status_code for answer in answers] == [405] * 4


def test_with_links_leaves_other_signs_as_text() -> None:
    shown = with_links('<a href="javascript:alert(1)">x</a> javascript:alert(1) www.example.org')

    assert 'href="javascript' not in shown
    assert shown.count("<a ") == 1


def test_letter_policy_allows_the_styles_that_came_and_no_other() -> None:
    policy = letter_policy("<style>p{}</style><style type='text/css'>a{}</style><p style='x'>")

    assert policy.count("sha256-") == 2
    assert letter_policy("<p>").startswith("default-src 'none'; style-src 'none';")
