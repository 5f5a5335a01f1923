from django.urls import path

from registration.api import desk

app_name = "keys"

urlpatterns = [
    path("", desk.keys, name="list"),
    path("make/", desk.make, name="make"),
    path("<slug:prefix>/end/", desk.end, name="end"),
]
