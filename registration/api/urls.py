"""The API for other systems. It stands outside the languages: an answer is one address."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from registration.api.frame import framed, nothing_here
from registration.api.manual import manual
from registration.api.published import openapi_json
from registration.api.routes import api

app_name = "api"

routes: list[URLPattern | URLResolver] = list(api.urls[0])
for each in routes:
    if isinstance(each, URLPattern):
        each.callback = framed(each.callback)

version_1 = [
    path("openapi.json", framed(openapi_json), name="openapi"),
    path("docs", framed(manual), name="manual"),
    *routes,
]
urlpatterns = [path("v1/", include(version_1)), re_path("", nothing_here)]
