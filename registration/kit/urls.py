"""The way of a unit that puts the banner on its site. Public; nobody signs in."""

from django.urls import path

from registration.kit import views

app_name = "kit"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("unit/<slug:code>/", views.fill_in, name="fill_in"),
    path("look/<slug:banner>/<str:language>/<str:size>.png", views.preview, name="preview"),
    path("code/<str:code>/", views.placed, name="placed"),
    path("code/<str:code>/print/", views.print_out, name="print"),
    path("code/<str:code>/how/<slug:guide>/", views.how, name="how"),
    path("code/<str:code>/qr.svg", views.qr_svg, name="qr_svg"),
    path("code/<str:code>/qr.png", views.qr_png, name="qr_png"),
    path("code/<str:code>/poster-<slug:paper>.pdf", views.poster, name="poster"),
]
