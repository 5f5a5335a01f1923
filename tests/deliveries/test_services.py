from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.limits import Limit
from registration.deliveries import services
from registration.deliveries.choices import ChangeKind, Decision, Way
from registration.deliveries.models import Change, Recipient
from registration.deliveries.services import (
    decide_change,
    facts_of,
    propose_addition,
    propose_edit,
    propose_switch,
    take_back_change,
)
from registration.outbox.models import Endpoint, MailboxItem
from tests.deliveries.conftest import CUT_OFF as NOW

WANTED: dict[str, Any] = {
    "office": "Văn phòng Sở",
    "way": "email",
    "email": "vanphong@soyte.example.org",
    "address": "",
    "language": "vi",
    "purpose": "information",
    "formats": "pdf;csv",
    "is_outside": False,
}
HOOK = WANTED | {"way": "webhook", "address": "https://hooks.example.org/in", "formats": ""}


@pytest.fixture
def department(window: Any) -> Any:
    return window.department


def told(mailbox: Any) -> list[str]:
    return [item.recipient for item in mailbox()]


@pytest.mark.django_db(transaction=True)
def test_an_addition_holds_once_another_officer_agrees(
    department: Any, linh: Staff, hoa: Staff, mailbox: Any
) -> None:
    change = propose_addition(department, wanted=WANTED, staff=linh, now=NOW)
    assert Recipient.objects.count() == 2
    assert told(mailbox) == ["hoa@example.org"]
    assert "Văn phòng Sở" in mailbox()[0].text
    assert f"/desk/deliveries/changes/{change.pk}/" in mailbox()[0].text

    decided = decide_change(change, agrees=True, staff=hoa, now=NOW)

    recipient = Recipient.objects.get(office="Văn phòng Sở")
    assert facts_of(recipient) == WANTED
    assert (recipient.is_active, decided.secret) == (True, "")
    row = Change.objects.get()
    assert (row.recipient, row.decision, row.decided_by, row.decided_at) == (
        recipient,
        Decision.AGREED,
        hoa,
        NOW,
    )
    assert told(mailbox) == ["hoa@example.org", "linh@example.org"]


def test_a_sole_officer_has_administrators_to_agree(
    department: Any, linh: Staff, administrator: Staff, charlie: Staff
) -> None:
    from registration.deliveries.fence import keepers_of

    assert keepers_of(department) == [linh, administrator]


def test_nobody_agrees_to_an_own_proposal(department: Any, linh: Staff) -> None:
    change = propose_addition(department, wanted=WANTED, staff=linh, now=NOW)

    with pytest.raises(RuleBroken) as refused:
        decide_change(change, agrees=True, staff=linh, now=NOW)

    assert refused.value.code == "own_change"
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.update(decision=Decision.AGREED, decided_by=linh)


def test_what_somebody_proposed_who_may_not_any_more_is_only_declined(
    department: Any, linh: Staff, hoa: Staff
) -> None:
    change = propose_addition(department, wanted=HOOK, staff=linh, now=NOW)
    Staff.objects.filter(pk=linh.pk).update(is_active=False)

    with pytest.raises(RuleBroken) as refused:
        decide_change(change, agrees=True, staff=hoa, now=NOW)

    assert refused.value.code == "proposer_left"
    assert Recipient.objects.count() == 2
    assert decide_change(change, agrees=False, staff=hoa, now=NOW).change.decided_by == hoa


def test_what_was_proposed_of_another_state_is_not_agreed_to(
    office: Recipient, linh: Staff, hoa: Staff
) -> None:
    """A stop would otherwise bring back the address that stood when it was proposed."""
    change = propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=NOW)
    Recipient.objects.filter(pk=office.pk).update(office="Phòng khác")

    with pytest.raises(RuleBroken) as refused:
        decide_change(change, agrees=True, staff=hoa, now=NOW)

    assert refused.value.code == "changed_since"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"email": "vanphong@sоyte.example.org"}, "email"),
        (HOOK | {"address": "https://hооks.example.org/in"}, "address"),
    ],
)
def test_letters_that_only_look_alike_are_seen_by_who_agrees(
    department: Any, linh: Staff, changes: dict[str, Any], name: str
) -> None:
    change = propose_addition(department, wanted=WANTED | changes, staff=linh, now=NOW)

    assert "xn--" in change.wanted["after"][name]
    assert change.wanted["after"][name].isascii()


def test_proposals_do_not_flood_the_others(
    office: Recipient, linh: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "PROPOSALS", Limit("deliveries.proposals", 1, 3600))
    change = propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=NOW)
    take_back_change(change, staff=linh, now=NOW)

    with pytest.raises(RuleBroken) as refused:
        propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=NOW)

    assert refused.value.code == "too_often"


def test_a_declined_change_leaves_everything(
    department: Any, office: Recipient, linh: Staff, hoa: Staff
) -> None:
    before = facts_of(office)
    change = propose_edit(office, wanted=before | {"office": "Phòng Y"}, staff=linh, now=NOW)

    decide_change(change, agrees=False, staff=hoa, now=NOW)

    office.refresh_from_db()
    assert facts_of(office) == before
    assert Change.objects.get().decision == Decision.DECLINED


def test_a_change_keeps_both_sides_and_holds(office: Recipient, linh: Staff, hoa: Staff) -> None:
    before = facts_of(office)
    change = propose_edit(
        office, wanted=before | {"email": "moi@soyte.example.org"}, staff=linh, now=NOW
    )

    decide_change(change, agrees=True, staff=hoa, now=NOW)

    office.refresh_from_db()
    assert office.email == "moi@soyte.example.org"
    assert change.wanted == {"before": before, "after": facts_of(office)}


def test_stop_and_resume(office: Recipient, linh: Staff, hoa: Staff) -> None:
    stop = propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=NOW)
    decide_change(stop, agrees=True, staff=hoa, now=NOW)
    office.refresh_from_db()
    assert not office.is_active
    with pytest.raises(RuleBroken, match="Nothing is different"):
        propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=NOW)

    resume = propose_switch(office, kind=ChangeKind.RESUME, staff=hoa, now=NOW)
    decide_change(resume, agrees=True, staff=linh, now=NOW)

    office.refresh_from_db()
    assert office.is_active


def test_who_proposed_takes_it_back_and_nobody_else(
    office: Recipient, linh: Staff, hoa: Staff
) -> None:
    change = propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=NOW)

    with pytest.raises(RuleBroken) as refused:
        take_back_change(change, staff=hoa, now=NOW)
    take_back_change(change, staff=linh, now=NOW)
    take_back_change(change, staff=linh, now=NOW)

    assert refused.value.code == "not_own_change"
    with pytest.raises(RuleBroken) as late:
        decide_change(change, agrees=True, staff=hoa, now=NOW)
    assert late.value.code == "change_decided"
    office.refresh_from_db()
    assert office.is_active


def test_agreeing_twice_is_once_and_the_secret_is_told_once(
    department: Any, linh: Staff, hoa: Staff, administrator: Staff
) -> None:
    change = propose_addition(department, wanted=HOOK, staff=linh, now=NOW)

    first = decide_change(change, agrees=True, staff=hoa, now=NOW)
    again = decide_change(change, agrees=True, staff=hoa, now=NOW)

    endpoint = Endpoint.objects.get()
    assert first.secret.startswith("whsec_")
    assert (endpoint.secret, endpoint.address) == (first.secret, HOOK["address"])
    assert again.secret == ""
    assert Recipient.objects.get(way=Way.WEBHOOK).endpoint == endpoint
    with pytest.raises(RuleBroken) as late:
        decide_change(change, agrees=True, staff=administrator, now=NOW)
    assert late.value.code == "change_decided"


@pytest.mark.parametrize(
    ("changes", "ended", "both_sign"),
    [
        ({"new_secret": True}, [""], True),
        ({"address": "https://new.example.org/in"}, ["replaced", ""], False),
        ({"way": "email", "email": "x@example.org", "formats": "pdf"}, ["replaced"], False),
    ],
    ids=["new secret", "new address", "no webhook"],
)
def test_a_webhook_is_changed(
    department: Any,
    linh: Staff,
    hoa: Staff,
    changes: dict[str, Any],
    ended: list[str],
    both_sign: bool,
) -> None:
    added = propose_addition(department, wanted=HOOK, staff=linh, now=NOW)
    old = decide_change(added, agrees=True, staff=hoa, now=NOW).secret
    recipient = Recipient.objects.get(way=Way.WEBHOOK)
    more = {"new_secret": changes.pop("new_secret")} if "new_secret" in changes else {}

    change = propose_edit(
        recipient, wanted=facts_of(recipient) | changes, **more, staff=hoa, now=NOW
    )
    new = decide_change(change, agrees=True, staff=linh, now=NOW).secret

    recipient.refresh_from_db()
    assert sorted(Endpoint.objects.values_list("ended_because", flat=True)) == sorted(ended)
    if recipient.endpoint:
        assert recipient.endpoint.secret == new != old
        assert (recipient.endpoint.previous_secret == old) is both_sign
    else:
        assert new == ""


def test_resuming_opens_an_ended_webhook_again(department: Any, linh: Staff, hoa: Staff) -> None:
    decide_change(
        propose_addition(department, wanted=HOOK, staff=linh, now=NOW),
        agrees=True,
        staff=hoa,
        now=NOW,
    )
    Endpoint.objects.update(ended_at=NOW, ended_because="410")
    recipient = Recipient.objects.get(way=Way.WEBHOOK)

    change = propose_switch(recipient, kind=ChangeKind.RESUME, staff=linh, now=NOW)
    decide_change(change, agrees=True, staff=hoa, now=NOW)

    endpoint = Endpoint.objects.get()
    assert (endpoint.ended_at, endpoint.ended_because) == (None, "")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"office": ""}, "no_office"),
        ({"email": ""}, "no_address"),
        ({"email": "a@b@example.org"}, "not_one_address"),
        ({"email": "a@example.org,b@example.org"}, "not_one_address"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "not_one_address"),
        ({"email": "a@soyte"}, "not_one_address"),
        ({"email": "a@localhost"}, "not_one_address"),
        ({"email": "a@soyte.invalid"}, "not_one_address"),
        ({"email": "a@192.0.2.11"}, "not_one_address"),
        ({"email": "NGHIEPVU@soyte.example.org"}, "address_known"),
        ({"formats": ""}, "no_documents"),
        ({"way": "webhook"}, "no_address"),
        ({"way": "webhook", "address": "http://hooks.example.org/"}, "not_https"),
        ({"way": "webhook", "address": "https://10.0.0.7/"}, "not_a_public_address"),
        ({"way": "webhook", "address": "https://me:pw@example.org/"}, "not_a_public_address"),
    ],
)
def test_what_nothing_could_reach_is_refused(
    department: Any, linh: Staff, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        propose_addition(department, wanted=WANTED | changes, staff=linh, now=NOW)

    assert refused.value.code == code
    assert not Change.objects.exists()


def test_one_change_of_a_recipient_waits_at_a_time(
    office: Recipient, linh: Staff, hoa: Staff
) -> None:
    propose_switch(office, kind=ChangeKind.STOP, staff=linh, now=NOW)

    with pytest.raises(RuleBroken) as refused:
        propose_edit(office, wanted=facts_of(office) | {"office": "Khác"}, staff=hoa, now=NOW)

    assert refused.value.code == "change_waits"


def test_the_same_address_twice_is_refused_to_the_second_who_agrees(
    department: Any, linh: Staff, hoa: Staff
) -> None:
    first, second = (
        propose_addition(department, wanted=WANTED, staff=linh, now=NOW) for _ in range(2)
    )
    decide_change(first, agrees=True, staff=hoa, now=NOW)

    with pytest.raises(RuleBroken) as refused:
        decide_change(second, agrees=True, staff=hoa, now=NOW)

    assert refused.value.code == "address_known"
    second.refresh_from_db()
    assert second.decision == Decision.WAITING


def test_the_first_recipient_by_command(reference: SimpleNamespace, window: Any) -> None:
    from django.core.management import CommandError, call_command

    call_command("add_recipient", "quang-ninh", "UBND tỉnh", "ubnd@example.org", "--outside")

    added = Recipient.objects.get(email="ubnd@example.org")
    assert (added.office, added.language, added.is_outside) == ("UBND tỉnh", "vi", True)
    with pytest.raises(CommandError, match="No mail reaches"):
        call_command("add_recipient", "quang-ninh", "UBND tỉnh", "ubnd@localhost")
    with pytest.raises(CommandError, match="No department"):
        call_command("add_recipient", "nowhere", "UBND tỉnh", "ubnd@example.org")
    assert MailboxItem.objects.count() == 0
