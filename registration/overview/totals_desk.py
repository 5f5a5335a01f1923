"""The page of leaders: sums over the departments of a country, with what is missing by name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common.errors import RuleBroken
from registration.common.pages import file_to_keep
from registration.deliveries.fence import visible_to
from registration.overview.tables import csv_of, find
from registration.overview.totals_shown import jurisdictions_of, page_of, read_query


@require_safe
@never_cache
@require_right(Right.SEE_TOTALS)
def totals(request: HttpRequest) -> HttpResponse:
    """A day, a month or a year of a country's departments; ``?format=csv&table=`` one table."""
    now, language = timezone.now(), get_language()
    jurisdictions = list(jurisdictions_of(staff_of(request)))
    if not jurisdictions:
        raise Http404
    problem = ""
    try:
        asked = read_query(request.GET, jurisdictions, now=now)
    except RuleBroken as error:
        problem = error.sentence
        asked = read_query({}, jurisdictions, now=now)
    visible = frozenset(visible_to(request.user).values_list("code", flat=True))
    shown = page_of(asked, visible=visible, now=now, language=language)
    if request.GET.get("format") == "csv":
        table = find(shown["tables"], request.GET.get("table", ""))
        if table is None:
            raise Http404
        name = f"{asked.jurisdiction.pk.lower()}-{asked.days.last}-{table.key}.csv"
        return file_to_keep(csv_of(table, language), name)
    context = {"asked": asked, "jurisdictions": jurisdictions, "problem": problem}
    return render(request, "overview/totals.html", context | {"shown": shown})
