from django.urls import path

from registration.rights import views

app_name = "rights"

urlpatterns = [
    path("", views.ask, name="ask"),
    path("sent/<str:token>/", views.filed, name="filed"),
    path("<slug:country>/", views.fill_in, name="fill_in"),
]
