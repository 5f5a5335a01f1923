import re
from types import SimpleNamespace

import pytest
from django.test import Client


def test_page_sets_no_cookie_and_may_be_cached(client: Client, pages: SimpleNamespace) -> None:
    answer = client.get("/vi/hien-tang/")

    assert answer.status_code == 200
    assert answer.cookies == {}
    assert answer["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["ETag"]


def test_page_answers_not_modified_to_its_own_etag(client: Client, pages: SimpleNamespace) -> None:
    etag = client.get("/vi/hien-tang/")["ETag"]

    answer = client.get("/vi/hien-tang/", headers={"if-none-match": etag})

    assert answer.status_code == 304


def test_language_switch_leads_to_the_same_page(client: Client, pages: SimpleNamespace) -> None:
    answer = client.get("/vi/hien-tang/")

    assert [(a["code"], a["url"], a["nearest"]) for a in answer.context["alternates"]] == [
        ("vi", "/vi/hien-tang/", False),
        ("tr", "/tr/organ-bagisi/", False),
        ("en", "/en/", True),
    ]


def test_language_switch_leads_above_where_a_translation_is_missing(
    client: Client, pages: SimpleNamespace
) -> None:
    answer = client.get("/vi/hien-tang/vi-sao/")

    assert [(a["code"], a["url"], a["nearest"]) for a in answer.context["alternates"]] == [
        ("vi", "/vi/hien-tang/vi-sao/", False),
        ("tr", "/tr/organ-bagisi/", True),
        ("en", "/en/", True),
    ]


def test_only_true_translations_are_named_to_search_engines(
    client: Client, pages: SimpleNamespace
) -> None:
    html = client.get("/vi/hien-tang/vi-sao/").content.decode()

    assert html.count('rel="alternate"') == 1


@pytest.mark.parametrize(
    ("address", "form"),
    [
        pytest.param("/vi/", "/vi/pledge/", id="home leads to the choice of province"),
        pytest.param("/vi/hien-tang/", "/vi/pledge/vn-22/", id="section to its province"),
        pytest.param("/vi/hien-tang/vi-sao/", "/vi/pledge/vn-22/", id="article to that above"),
        pytest.param(
            "/vi/hien-tang/?b=abc234", "/vi/pledge/vn-22/?b=abc234", id="placement goes along"
        ),
        pytest.param(
            "/vi/hien-tang/?b=%22%3E%3Cscript",
            "/vi/pledge/vn-22/?b=%22%3E%3Cscript",
            id="anything else stays quoted",
        ),
    ],
)
def test_page_leads_to_the_form(
    client: Client, pages: SimpleNamespace, address: str, form: str
) -> None:
    assert client.get(address).context["form_url"] == form


def test_number_of_queries_does_not_grow_with_the_pages(
    client: Client, pages: SimpleNamespace, count_queries
) -> None:
    client.get("/vi/hien-tang/")
    one = count_queries(lambda: client.get("/vi/hien-tang/"))
    for number in range(3):
        pages.section_vi.add_child(
            instance=type(pages.article_vi)(
                title=f"Bài {number}", slug=f"bai-{number}", locale=pages.home_vi.locale
            )
        )

    three_more = count_queries(lambda: client.get("/vi/hien-tang/"))

    assert three_more == one


def test_missing_page_answers_in_the_language_of_the_address(
    client: Client, pages: SimpleNamespace
) -> None:
    answer = client.get("/tr/yok/")

    assert answer.status_code == 404
    assert '<html lang="tr"' in answer.content.decode()


def test_front_door_leads_to_the_readers_language(client: Client, pages: SimpleNamespace) -> None:
    answer = client.get("/", headers={"accept-language": "tr-TR,tr;q=0.9,en;q=0.5"})

    assert (answer.status_code, answer["Location"]) == (302, "/tr/")


def test_sitemap_names_each_page_with_its_translations(
    client: Client, pages: SimpleNamespace
) -> None:
    xml = client.get("/sitemap.xml").content.decode()

    assert re.findall("<loc>(.*?)</loc>", xml) == [
        "http://testserver/vi/",
        "http://testserver/vi/hien-tang/",
        "http://testserver/vi/hien-tang/vi-sao/",
        "http://testserver/vi/faq/",
        "http://testserver/tr/",
        "http://testserver/tr/organ-bagisi/",
    ]
    assert xml.count('hreflang="tr"') == 4


def test_sitemap_asks_the_same_questions_for_any_number_of_pages(
    client: Client, pages: SimpleNamespace, count_queries
) -> None:
    client.get("/sitemap.xml")
    few = count_queries(lambda: client.get("/sitemap.xml"))
    for number in range(3):
        pages.home_vi.add_child(
            instance=type(pages.faq_vi)(
                title=f"Hỏi {number}", slug=f"hoi-{number}", locale=pages.home_vi.locale
            )
        )

    more = count_queries(lambda: client.get("/sitemap.xml"))

    assert more == few
