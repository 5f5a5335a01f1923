from django.urls import path

from registration.deliveries import desk, received, sending_desk, watching

app_name = "deliveries"

urlpatterns = [
    path("recipients/", desk.departments, name="departments"),
    path("recipients/<slug:department>/", desk.recipients, name="recipients"),
    path("recipients/<slug:department>/add/", desk.add, name="add"),
    path("recipients/<slug:department>/<int:recipient>/", desk.edit, name="edit"),
    path("recipients/<slug:department>/<int:recipient>/switch/", desk.switch, name="switch"),
    path(
        "recipients/<slug:department>/<int:recipient>/old-secret/",
        desk.old_secret,
        name="old_secret",
    ),
    path("changes/<int:change>/", desk.change, name="change"),
    path("d/<str:token>/", received.delivery, name="delivery"),
    path("d/<str:token>/received/", received.acknowledge, name="acknowledge"),
    path("d/<str:token>/<str:format>/", received.document, name="document"),
    path("watch/", watching.countdown, name="countdown"),
    path("watch/table.csv", watching.table, name="countdown_table"),
    path("watch/<slug:department>/", watching.contacts, name="contacts"),
    path("again/<int:summary>/", sending_desk.again, name="again"),
    path("provisional/<slug:department>/", sending_desk.provisionals, name="provisionals"),
    path(
        "provisional/<slug:department>/<int:number>/",
        sending_desk.provisional,
        name="provisional",
    ),
    path(
        "provisional/<slug:department>/<int:number>/<str:format>/",
        sending_desk.provisional_document,
        name="provisional_document",
    ),
]
