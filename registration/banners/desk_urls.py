from django.urls import path

from registration.banners import desk

app_name = "banners_desk"
urlpatterns = [path("", desk.own, name="own")]
