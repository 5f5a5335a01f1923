from django.urls import path

from registration.overview import desk, events_desk, totals_desk

app_name = "overview"

urlpatterns = [
    path("", desk.windows, name="windows"),
    path("totals/", totals_desk.totals, name="totals"),
    path("exports/<uuid:export>/", events_desk.export, name="export"),
    path("exports/<uuid:export>/file/", events_desk.export_file, name="export_file"),
    path("exports/<uuid:export>/stop/", events_desk.stop, name="export_stop"),
    path("<slug:department>/", desk.department, name="department"),
    path("<slug:department>/events/", events_desk.events, name="events"),
    path("<slug:department>/events/export/", events_desk.ask, name="export_ask"),
    path("<slug:department>/slides/<str:month>/", desk.slides, name="slides"),
    path("<slug:department>/<str:day>/", desk.summary, name="summary"),
    path("<slug:department>/<str:day>/<slug:format>/", desk.document, name="document"),
]
