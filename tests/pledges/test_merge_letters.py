"""Who is told that two registrations were put together, and that they were parted again."""

from typing import Any

from registration.outbox.models import Message
from registration.pledges.merging import take_back_merge
from tests.pledges.registering import NOW
from tests.pledges.test_merging import confirmed, merge, other_number


def test_merge_tells_the_confirmed_contact_of_the_one_that_ends(
    reference: Any, steward: Any
) -> None:
    reference.quang_ninh_department.phone = "+842033123456"
    reference.quang_ninh_department.save()
    kept, merged = confirmed(reference), other_number(reference)

    merge(kept, merged, steward)

    message = Message.objects.get(kind="pledges/merged_away")
    assert (message.recipient, message.language) == ("d@example.org", "vi")
    assert (message.about, merged.reference in message.text) == (merged.pk, True)
    assert "+842033123456" in message.text
    assert kept.reference not in message.text
    assert "Nguyễn" not in message.text


def test_mailbox_that_confirmed_both_is_told_once(reference: Any, steward: Any) -> None:
    kept, merged = confirmed(reference), confirmed(reference, identity_number="022190123457")

    take_back_merge(merge(kept, merged, steward), staff=steward, now=NOW)

    told = Message.objects.filter(kind__startswith="pledges/merge").order_by("kind")
    assert [(message.kind, message.recipient) for message in told] == [
        ("pledges/merge_taken_back", "diem@example.org"),
        ("pledges/merged", "diem@example.org"),
    ]


def test_taken_back_merge_tells_both(reference: Any, steward: Any) -> None:
    kept, merged = confirmed(reference), other_number(reference)

    take_back_merge(merge(kept, merged, steward), staff=steward, now=NOW)

    told = Message.objects.filter(kind="pledges/merge_taken_back")
    assert {(m.recipient, m.about, m.language) for m in told} == {
        ("diem@example.org", kept.pk, "vi"),
        ("d@example.org", merged.pk, "vi"),
    }
