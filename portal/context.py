"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal.desk import menu_for


def site(request: HttpRequest) -> dict[str, Any]:
    context: dict[str, Any] = {"LANGUAGES": settings.LANGUAGES, "BASE_URL": settings.BASE_URL}
    if request.path.startswith("/desk/") and request.user.is_authenticated:
        context["desk_menu"] = menu_for(request.user, path=request.path)
    return context
