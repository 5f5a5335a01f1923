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
        "reports:windows",
        Right.SEE_REPORTS,
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
    """The entries this member of staff may open."""
    entries: list[dict[str, object]] = []
    for entry in ENTRIES:
        if staff.may(entry.right) and (entry.right != Right.READ_MAILBOX or is_kept_here()):
            url = reverse(entry.url_name)
            entries.append(
                {
                    "label": entry.label,
                    "hint": entry.hint,
                    "url": url,
                    "current": path.startswith(url),
                }
            )
    return entries


@login_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/home.html")
