"""Public addresses of placements, the same in every language."""

from django.urls import path

from registration.banners import embeds, prompt_pages, views

app_name = "banners"
urlpatterns = [
    path("q/<str:code>/", prompt_pages.click, name="prompt_click"),
    path("q/<str:code>/banner.png", prompt_pages.picture, name="prompt_picture"),
    path("q/<str:code>/frame/", prompt_pages.frame, name="prompt_frame"),
    path("<str:code>/", views.click, name="click"),
    path("<str:code>/banner.png", views.picture, name="picture"),
    path("<str:code>/banner.svg", views.picture, {"kind": "svg"}, name="drawing"),
    path("<str:code>/banner.json", embeds.figures, name="figures"),
    path("<str:code>/frame/", embeds.frame, name="frame"),
]
