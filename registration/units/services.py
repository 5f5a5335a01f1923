"""Where a province takes registrations: one channel for each purpose at a time."""

from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from registration.common.dates import short_date
from registration.common.errors import RuleBroken
from registration.units.choices import ChannelKind
from registration.units.models import Province, RegistrationChannel


@transaction.atomic
def save_channel(
    channel: RegistrationChannel, *, ends_earlier: bool = False
) -> RegistrationChannel:
    """Write down a channel, a new one or one that was altered.

    With ``ends_earlier`` the one that holds on its first day ends on that day, in the same act, be
    it today or months ahead. Refuses a second one at the same time (``channel_taken``).
    """
    _lock_province(channel)
    if ends_earlier:
        _end_earlier(channel)
    _require_alone(channel)
    channel.save()
    return channel


def _lock_province(channel: RegistrationChannel) -> None:
    """Two channels of one province wait for each other: the first has no row to lock yet.

    Registrations, which only point at the province, do not wait. SQLite has one writer anyway.
    """
    Province.objects.select_for_update(no_key=True).get(pk=channel.province_id)


def _end_earlier(channel: RegistrationChannel) -> None:
    held = Q(ends_on=None) | Q(ends_on__gt=channel.starts_on)
    for earlier in _others(channel).filter(held, starts_on__lt=channel.starts_on):
        earlier.ends_on = channel.starts_on
        earlier.save(update_fields=["ends_on"])
        log(earlier, "wagtail.edit")


def _require_alone(channel: RegistrationChannel) -> None:
    clash = _others(channel).filter(Q(ends_on=None) | Q(ends_on__gt=channel.starts_on))
    if channel.ends_on:
        clash = clash.filter(starts_on__lt=channel.ends_on)
    other = clash.order_by("starts_on").first()
    if other is None:
        return
    language = get_language() or "en"
    values = {"channel": _described(other), "start": short_date(other.starts_on, language)}
    if other.ends_on is None:
        raise RuleBroken(
            "channel_taken",
            _(
                "The province has another channel from %(start)s on: %(channel)s. "
                "Write the day on which it ends first."
            ),
            **values,
        )
    raise RuleBroken(
        "channel_taken",
        _(
            "The province has another channel from %(start)s until %(end)s: %(channel)s. "
            "The next one can start on the day on which it ends."
        ),
        **values,
        end=short_date(other.ends_on, language),
    )


def _others(channel: RegistrationChannel) -> QuerySet[RegistrationChannel]:
    rows = RegistrationChannel.objects.filter(province=channel.province_id, purpose=channel.purpose)
    return rows.exclude(pk=channel.pk).select_related("province", "unit")


def _described(channel: RegistrationChannel) -> str:
    """What it is, and where: an address may be left over from another kind."""
    if channel.kind == ChannelKind.OUTSIDE:
        return f"{channel} ({urlsplit(channel.address).hostname})"
    return f"{channel} ({channel.unit})" if channel.kind == ChannelKind.DESK else str(channel)
