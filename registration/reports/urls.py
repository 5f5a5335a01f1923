from django.urls import path

from registration.reports import desk

app_name = "reports"

urlpatterns = [
    path("", desk.windows, name="windows"),
    path("<slug:department>/<str:day>/", desk.summary, name="summary"),
    path("<slug:department>/<str:day>/<slug:format>/", desk.document, name="document"),
]
