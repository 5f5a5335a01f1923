"""The public statistics of a province, as a file. The page itself is one that editors write."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from registration.common.pages import file_to_keep
from registration.overview.public import csv_of, department_at, statistics_of

# As fresh as the page that leads here.
PUBLIC_SECONDS = 60


@require_safe
@cache_control(public=True, max_age=PUBLIC_SECONDS)
def statistics(request: HttpRequest, province: str) -> HttpResponse:
    """All figures that are public of a province (``vn-22``) as a CSV; 404 before a month closed."""
    department, language = department_at(province), get_language()
    found = statistics_of(department, language=language) if department else None
    if found is None:
        raise Http404
    return file_to_keep(csv_of(found, language), f"{province}-{found['as_of']}.csv")
