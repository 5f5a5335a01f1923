from django.urls import path

from registration.intake import hand_over, views

app_name = "intake"

urlpatterns = [
    path("", views.choose, name="choose"),
    path("received/<str:token>/", views.received, name="received"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("code/", views.code, name="code"),
    path("confirmed/<str:token>/", views.confirmed, name="confirmed"),
    path("not-mine/<str:token>/", views.contest, name="contest"),
    path("follow-up/<str:token>/", hand_over.follow_up, name="follow_up"),
    path("<slug:province>/hand-over/", hand_over.hand_over, name="hand_over"),
    path("<slug:province>/", views.fill_in, name="fill_in"),
]
