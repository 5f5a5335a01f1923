from typing import Any

from registration.ledger.standing import count_waiting
from registration.pledges.services import withdraw_pledge
from tests.pledges.registering import NOW, register, turkish


def test_what_waits_is_counted_by_next_step_in_the_department_s_province(
    reference: Any, max_queries: Any
) -> None:
    for number in range(3):
        register(reference, form_key=f"k{number}")
    withdraw_pledge(register(reference, form_key="ended"), now=NOW)
    register(reference, turkish(reference), province=reference.adana, form_key="elsewhere")

    with max_queries(1):
        waiting = count_waiting(reference.quang_ninh_department)

    assert waiting == {"confirm": 3}
