"""Prompts: one question in several wordings, each of which is shown as often and counts for itself.

A plain picture and its link are two requests that know nothing of each other. So all visitors of
an hour get the same wording. Who clicks after the hour on a picture from before it counts for the
next wording: a few in a hundred, which make wordings look a little more alike, never different. In
a frame each visitor gets a wording by chance, and picture and link agree.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from registration.banners.choices import Size
from registration.banners.models import Banner, Placement, Prompt
from registration.banners.rules import clean_code
from registration.banners.services import may_carry
from registration.common.errors import RuleBroken
from registration.units.models import Unit

SLOT_SECONDS = 3600
# With more, none of them would be shown often enough to tell them apart.
FEWEST, MOST = 2, 6


def find_prompt(code: str) -> Prompt | None:
    """The prompt of this code in any case, closed ones too, with its unit and wordings."""
    cleaned = clean_code(code)
    if cleaned is None:
        return None
    prompt = Prompt.objects.select_related("unit__jurisdiction").filter(code=cleaned).first()
    if prompt is not None:
        prefetch_related_objects([prompt], "wordings__banner")
    return prompt


def wording_of(prompt: Prompt, *, now: datetime) -> Placement | None:
    """The wording that everybody gets in this hour; None where the prompt has none at all.

    Once no wording is shown any more it is a closed or ended one, which draws the general banner.
    """
    wordings = _in_turn(prompt, now=now)
    if not wordings:
        return None
    return wordings[turn_of(prompt.code, int(now.timestamp()) // SLOT_SECONDS, of=len(wordings))]


def wording_by_chance(prompt: Prompt, *, now: datetime) -> Placement | None:
    """As ``wording_of``, anew for each visitor."""
    wordings = _in_turn(prompt, now=now)
    return secrets.choice(wordings) if wordings else None


def turn_of(code: str, slot: int, *, of: int) -> int:
    """Which of so many wordings is shown in a slot: each once in every ``of`` slots.

    Their order differs from round to round. In a fixed one, two wordings would share the day so
    that one of them always had the same hours.
    """
    tour, place = divmod(slot, of)
    return sorted(range(of), key=lambda each: _mark(f"{code}:{tour}:{each}"))[place]


def seconds_left(now: datetime) -> int:
    """How long this hour's wording is still shown."""
    return SLOT_SECONDS - int(now.timestamp()) % SLOT_SECONDS


def require_wordings(
    banners: Sequence[Banner], unit: Unit, *, day: date, held: Sequence[int] = ()
) -> None:
    """Refuse fewer than two or more than six (``wordings_number``), and banners that the unit may
    not carry (``banner_over``). What is held already may have ended since.
    """
    if not FEWEST <= len({banner.pk for banner in banners}) <= MOST:
        raise RuleBroken(
            "wordings_number",
            _("Choose %(fewest)s to %(most)s wordings."),
            field="banners",
            fewest=FEWEST,
            most=MOST,
        )
    for banner in banners:
        if banner.pk not in held and not may_carry(banner, unit, day=day):
            raise RuleBroken(
                "banner_over",
                _("The unit may not carry “%(banner)s”: it is another province's, or has ended."),
                field="banners",
                banner=banner.headline or banner.code,
            )


def require_new_place(unit: Unit, *, place: str, language: str, but_for: int = 0) -> None:
    """Refuse a second open prompt for one service and language (``prompt_exists``)."""
    found = Prompt.objects.filter(unit=unit, place=place, language=language, closed_at=None)
    if found.exclude(pk=but_for).exists():
        raise RuleBroken(
            "prompt_exists",
            _("This service has a prompt in this language already. Change its wordings instead."),
            field="place",
        )


@transaction.atomic
def make_prompt(
    unit: Unit, *, place: str, language: str, banners: Sequence[Banner], now: datetime
) -> Prompt:
    """A prompt with a wording for each banner. Asking twice for one place gives the same prompt.

    Refuses as ``require_wordings``, and other wordings for a place that has a prompt
    (``prompt_exists``).
    """
    # Its row is the lock: of two who ask at once, the second one finds what the first made.
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    require_wordings(banners, unit, day=now.astimezone(unit.jurisdiction.zone).date())
    found = Prompt.objects.filter(unit=unit, place=place, language=language, closed_at=None).first()
    if found is not None and {banner.pk for banner in banners} == _open_banners(found):
        return found
    require_new_place(unit, place=place, language=language)
    prompt = Prompt.objects.create(unit=unit, place=place, language=language)
    log(prompt, "wagtail.create")
    set_wordings(prompt, banners, now=now)
    return prompt


@transaction.atomic
def set_wordings(prompt: Prompt, banners: Sequence[Banner], *, now: datetime) -> None:
    """Show these wordings and no others. Those left out keep their counts and can come back."""
    # Locked; what a form has just written into the row is kept.
    Prompt.objects.select_for_update().get(pk=prompt.pk)
    held = {wording.banner_id: wording for wording in prompt.wordings.all()}
    day = now.astimezone(prompt.unit.jurisdiction.zone).date()
    require_wordings(banners, prompt.unit, day=day, held=list(held))
    wanted = {banner.pk: banner for banner in banners}
    for banner in wanted.values():
        if banner.pk not in held:
            _make_wording(prompt, banner)
    for pk, wording in held.items():
        if pk in wanted and wording.closed_at is not None:
            _set_closed(wording, None)
        elif pk not in wanted and wording.closed_at is None:
            _set_closed(wording, now)


@transaction.atomic
def close_wordings(prompt: Prompt, *, now: datetime) -> None:
    """After the prompt's end its snippet shows the general banner. Twice is once."""
    for wording in prompt.wordings.select_for_update().filter(closed_at__isnull=True):
        _set_closed(wording, now)


def image_code(prompt: Prompt) -> SafeString:
    """A link and a picture, for any website; the wording changes from hour to hour."""
    width, height = Size.PROMPT.pixels
    return format_html(
        '<a href="{}"><img src="{}" width="{}" height="{}" alt="{}"></a>',
        _address("prompt_click", prompt),
        _address("prompt_picture", prompt),
        width,
        height,
        _alt_of(prompt),
    )


def frame_code(prompt: Prompt) -> SafeString:
    """A frame, in which each visitor gets a wording by chance."""
    width, height = Size.PROMPT.pixels
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" frameborder="0" scrolling="no"'
        ' loading="lazy"></iframe>',
        _address("prompt_frame", prompt),
        width,
        height,
        _alt_of(prompt),
    )


def _in_turn(prompt: Prompt, *, now: datetime) -> list[Placement]:
    day = now.astimezone(prompt.unit.jurisdiction.zone).date()
    wordings = sorted(prompt.wordings.all(), key=lambda wording: wording.pk)
    shown = [
        wording
        for wording in wordings
        if wording.closed_at is None and wording.banner.is_shown_on(day)
    ]
    return shown or wordings[:1]


def _open_banners(prompt: Prompt) -> set[int]:
    wordings = prompt.wordings.filter(closed_at__isnull=True)
    return set(wordings.values_list("banner", flat=True))


def _make_wording(prompt: Prompt, banner: Banner) -> None:
    made = Placement.objects.create(
        prompt=prompt,
        banner=banner,
        unit=prompt.unit,
        language=prompt.language,
        size=Size.PROMPT,
    )
    log(made, "wagtail.create")


def _set_closed(wording: Placement, moment: datetime | None) -> None:
    wording.closed_at = moment
    wording.save(update_fields=["closed_at"])
    log(wording, "wagtail.edit")


def _mark(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _address(name: str, prompt: Prompt) -> str:
    return urljoin(settings.BASE_URL, reverse(f"banners:{name}", args=[prompt.code]))


def _alt_of(prompt: Prompt) -> str:
    """The snippet's words stand still while its pictures change: those of the first wording."""
    first = prompt.wordings.select_related("banner").order_by("pk").first()
    with translation.override(prompt.language):
        return (first.banner.alt or "") if first else ""
