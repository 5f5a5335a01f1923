from django.urls import path

from registration.monitor import desk

app_name = "monitor"
urlpatterns = [
    path("", desk.sites, name="sites"),
    path("websites.csv", desk.export, name="export"),
    path("remind/", desk.remind, name="remind"),
    path("<slug:unit>/", desk.one, name="one"),
    path("<slug:unit>/visit/", desk.visit, name="visit"),
    path("<slug:unit>/letter.pdf", desk.letter, name="letter"),
]
