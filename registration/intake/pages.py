"""The form's page in the other languages."""

from django.http import HttpRequest

from registration.common import pages


def alternates(request: HttpRequest, name: str, *args: str) -> list[dict[str, str]]:
    """The same page in the other languages; the banner's code goes along."""
    placement = request.GET.get("b", request.POST.get("b", ""))[:16]
    return pages.alternates(name, *args, query=f"b={placement}" if placement.isalnum() else "")
