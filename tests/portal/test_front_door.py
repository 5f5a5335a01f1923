from django.test import Client


def test_a_cookie_does_not_turn_the_kept_answer_for_others(client: Client, db: None) -> None:
    client.cookies["django_language"] = "tr"

    answer = client.get("/", headers={"accept-language": "vi-VN,vi;q=0.9"})

    assert (answer["Location"], answer["Vary"]) == ("/vi/", "Accept-Language")
