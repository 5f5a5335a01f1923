"""Signs of life: is the process alive, can it save."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from registration.common.limits import Limit, count_use

HEARTBEAT = Limit("heartbeat", times=1_000_000, seconds=3600)


def live(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """The database takes a write. Broker and mail server are not asked: saving needs neither."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        count_use(HEARTBEAT, "ready", now=timezone.now())
    except DatabaseError:
        return JsonResponse({"ready": False}, status=503)
    return JsonResponse({"ready": True})
