from django.urls import path

from registration.records import views

app_name = "records"

urlpatterns = [
    path("", views.show, name="show"),
    path("ask/", views.ask, name="ask"),
    path("asked/", views.asked, name="asked"),
    path("lost/", views.lost, name="lost"),
    path("open/<str:token>/", views.open_record, name="open"),
    path("change/", views.change, name="change"),
    path("texts/", views.renew, name="renew"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("withdrawn/", views.withdrawn, name="withdrawn"),
    path("withdrawn/proof.pdf", views.proof, name="proof"),
    path("consent/", views.consent, name="consent"),
    path("messages/", views.stop, name="messages"),
    path("relative/", views.relative, name="relative"),
    path("relative/<uuid:relative>/remove/", views.remove_relative, name="remove_relative"),
    path("not-me/<str:token>/", views.decline, name="decline"),
    path("record.pdf", views.paper, name="paper"),
    path("record.json", views.export, name="export"),
    path("papers/<str:name>", views.document, name="document"),
    path("leave/", views.leave, name="leave"),
    path("left/", views.left, name="left"),
]
