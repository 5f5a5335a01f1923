from django.urls import path

from registration.pledges import views

app_name = "pledges"

urlpatterns = [
    path("", views.choose, name="choose"),
    path("received/<str:token>/", views.received, name="received"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("<slug:province>/", views.fill_in, name="fill_in"),
]
