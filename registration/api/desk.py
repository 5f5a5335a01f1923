"""The desk's pages of keys: the list, making one, ending one."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.api.forms import KeyForm
from registration.api.keys import units_kept_by
from registration.api.listed import row_of, rows_of
from registration.api.models import ApiKey
from registration.api.services import end_key, make_key
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther


def _keys(request: HttpRequest) -> QuerySet[ApiKey]:
    kept = ApiKey.objects.filter(unit__in=units_kept_by(staff_of(request)))
    return kept.select_related("unit__jurisdiction", "made_by", "ended_by").order_by(
        "unit__folded", "-made_at"
    )


@require_safe
@never_cache
@require_right(Right.KEEP_KEYS)
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that hold, with a warning for those that end soon, and those that are over."""
    rows = rows_of(_keys(request), get_language() or "en", now=timezone.now())
    context = {
        "rows": [row for row in rows if not row["is_over"]],
        "past": [row for row in rows if row["is_over"]],
        "ending": [row for row in rows if row["ends_soon"]],
    }
    return render(request, "api/keys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.KEEP_KEYS)
def make(request: HttpRequest) -> HttpResponse:
    """The form; the answer to it is the one page that ever shows the key."""
    staff, now = staff_of(request), timezone.now()
    form = KeyForm(units_kept_by(staff), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key, token = make_key(**form.wanted, staff=staff, now=now)
        except RuleBroken as error:
            form.refuse(error)
        else:
            row = row_of(key, get_language() or "en", now=now)
            return render(request, "api/key_made.html", {"row": row, "token": token})
    return render(request, "api/key_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.KEEP_KEYS)
def end(request: HttpRequest, prefix: str) -> HttpResponse:
    """Ask once more; by POST the key is ended."""
    key, now = get_object_or_404(_keys(request), prefix=prefix), timezone.now()
    row = row_of(key, get_language() or "en", now=now)
    if request.method != "POST":
        if row["is_over"]:
            return redirect("keys:list")
        return render(request, "api/key_end.html", {"row": row})
    if end_key(key, staff=staff_of(request), now=now):
        messages.success(request, _("The key has been ended. It opens nothing any more."))
    return SeeOther(redirect("keys:list").url)
