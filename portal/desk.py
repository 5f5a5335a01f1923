"""The desk's front page and its menu. The pages themselves belong to the rooms."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.mailbox import is_kept_here
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.deliveries.fence import sees_totals_only


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    hint: str | Promise
    url_name: str
    right: Right


ENTRIES = [
    Entry(
        _("Daily summaries"),
        _("Each day's figures, frozen at the cut-off, with the letter and the workbook."),
        "overview:windows",
        Right.SEE_REPORTS,
    ),
    Entry(
        _("Totals over departments"),
        _("Sums over a country's departments, with what is missing by name."),
        "overview:totals",
        Right.SEE_TOTALS,
    ),
    Entry(
        _("Recipients of the summaries"),
        _("Who receives each day's figures, in which way; two people change the list."),
        "deliveries:departments",
        Right.KEEP_RECIPIENTS,
    ),
    Entry(
        # Translators: the page of all departments against their due times
        _("Countdown"),
        _("All departments against their due times, the most urgent first."),
        "deliveries:countdown",
        Right.WATCH_REPORTS,
    ),
    Entry(
        _("Keys for machines"),
        _("Keys by which other systems read the figures."),
        "keys:list",
        Right.KEEP_KEYS,
    ),
    Entry(
        _("Registrations"),
        _("The people who registered in your province."),
        "stewards:work_list",
        Right.SEE_PLEDGES,
    ),
    Entry(
        _("Enter registrations"),
        _("Type in what came on paper, by telephone or at a stand."),
        "entries:batches",
        Right.ENTER_PLEDGES,
    ),
    Entry(
        _("Possible twins"),
        _("Registrations that may be of one person, side by side."),
        "merges:twins",
        Right.MERGE_PLEDGES,
    ),
    Entry(
        _("Lists of cards"),
        _("Issued cards that are handed over, counted and receipted."),
        "cards:lists",
        Right.RECEIVE_CARDS,
    ),
    Entry(
        _("Card lists not acknowledged"),
        _("Lists of issued cards that a receiver has not receipted yet."),
        "cards:outstanding",
        Right.STEP_PLEDGES,
    ),
    Entry(
        _("Look-up"),
        _("One person's registration, by identity number and date of birth."),
        "lookups:ask",
        Right.LOOK_UP,
    ),
    Entry(
        _("Requests about personal data"),
        _("What people ask about their data, with the legal clock."),
        "rights_desk:work_list",
        Right.ANSWER_REQUESTS,
    ),
    Entry(
        _("Banners on websites"),
        _("Which units carry the banner, since when, and which still lack it."),
        "monitor:sites",
        Right.WATCH_SITES,
    ),
    Entry(
        _("Your banner"),
        _("The code to paste on your website, and what it brought."),
        "banners_desk:own",
        Right.SEE_PLACEMENTS,
    ),
    Entry(
        _("Your unit's numbers"),
        _("Views, clicks and registrations by day, and a private link to them."),
        "reach_desk:own",
        Right.SEE_PLACEMENTS,
    ),
    Entry(
        _("Numbers of the units"),
        _("What each unit's banners brought, and a private link for it."),
        "reach_desk:units",
        Right.WATCH_SITES,
    ),
    Entry(
        _("Mailbox"),
        _("What the portal sent by e-mail and SMS on this machine."),
        "desk:mailbox",
        Right.READ_MAILBOX,
    ),
]


def menu_for(staff: Staff, *, path: str) -> list[dict[str, object]]:
    """The entries this member of staff may open; the one to which the page belongs is current."""
    shown = [
        (entry, reverse(entry.url_name))
        for entry in ENTRIES
        if staff.may(entry.right) and _has_something(entry, staff)
    ]
    # One entry's address may begin another's.
    current = max((url for _each, url in shown if path.startswith(url)), key=len, default="")
    return [
        {"label": entry.label, "hint": entry.hint, "url": url, "current": url == current}
        for entry, url in shown
    ]


def _has_something(entry: Entry, staff: Staff) -> bool:
    if entry.right == Right.READ_MAILBOX:
        return is_kept_here()
    return entry.url_name != "overview:windows" or not sees_totals_only(staff)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/home.html")
