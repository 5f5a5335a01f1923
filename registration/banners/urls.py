"""Public addresses of placements, the same in every language."""

from django.urls import path

from registration.banners import views

app_name = "banners"
urlpatterns = [
    path("<str:code>/", views.click, name="click"),
    path("<str:code>/banner.png", views.picture, name="picture"),
]
