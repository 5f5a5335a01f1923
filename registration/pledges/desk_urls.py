from django.urls import path

from registration.pledges import desk

app_name = "pledges_desk"

urlpatterns = [
    path("", desk.work_list, name="work_list"),
    path("<uuid:pledge>/", desk.one, name="one"),
]
