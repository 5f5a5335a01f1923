from django.urls import path

from registration.reach import views

app_name = "reach"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("sent/", views.sent, name="sent"),
    path("unit/<slug:unit>/", views.send, name="send"),
    path("offer/<str:offer>/", views.take, name="take"),
    path("<str:token>/", views.numbers, name="numbers"),
    path("<str:token>/print/", views.numbers, {"is_print": True}, name="print"),
    path("<str:token>/numbers.csv", views.export, name="csv"),
]
