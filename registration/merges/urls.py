from django.urls import path

from registration.merges import desk

app_name = "merges"

urlpatterns = [
    path("", desk.twins, name="twins"),
    path("merged/", desk.merged, name="merged"),
    path("merged/<uuid:merge>/take-back/", desk.take_back, name="take_back"),
    path("<uuid:first>/<uuid:second>/", desk.compare, name="compare"),
    path("<uuid:first>/<uuid:second>/dismiss/", desk.dismiss, name="dismiss"),
]
