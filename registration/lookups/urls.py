from django.urls import path

from registration.lookups import desk

app_name = "lookups"

urlpatterns = [
    path("", desk.ask, name="ask"),
    path("earlier/", desk.find_earlier, name="find_earlier"),
    path("<str:serial>/", desk.earlier, name="earlier"),
]
