import logging

import pytest

from portal.log import HideTokens


@pytest.mark.parametrize(
    ("line", "written"),
    [
        pytest.param(
            "Forbidden: /vi/pledge/confirm/kA9-x_z/", "Forbidden: /vi/pledge/confirm/-/", id="link"
        ),
        pytest.param(
            "/account/password/reset/key/1-abc-def/",
            "/account/password/reset/key/-/",
            id="new password",
        ),
        pytest.param("/tr/record/open/kA9-x_z/", "/tr/record/open/-/", id="own record"),
        pytest.param("/c/abcd2345efgh/", "/c/-/", id="card"),
        pytest.param("/desk/deliveries/d/aB-1.x:y/pdf/", "/desk/deliveries/d/-/pdf/", id="summary"),
        pytest.param("/vi/numbers/kA9-x_z/print/", "/vi/numbers/-/print/", id="numbers"),
        pytest.param("/vi/numbers/offer/12:ab:Cd/", "/vi/numbers/offer/-/", id="offer"),
        pytest.param("/desk/numbers/own/", "/desk/numbers/own/", id="desk"),
        pytest.param("/vi/pledge/vn-22/", "/vi/pledge/vn-22/", id="nothing to hide"),
    ],
)
def test_tokens_stay_out_of_the_log(line: str, written: str) -> None:
    record = logging.LogRecord("django", logging.WARNING, "", 0, "%s", (line,), None)

    HideTokens().filter(record)

    assert record.getMessage() == written
