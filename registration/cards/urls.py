from django.urls import path

from registration.cards import bulk_desk, desk, receiving

app_name = "cards"

urlpatterns = [
    path("issue/<uuid:pledge>/", desk.issue, name="issue"),
    path("issue/<uuid:pledge>/undo/", desk.undo, name="undo"),
    path("issue/<uuid:pledge>/<str:layout>.pdf", desk.document, name="document"),
    path("bulk/", bulk_desk.bulk, name="bulk"),
    path("check/<slug:code>/", desk.check, name="check"),
    path("outstanding/", receiving.outstanding, name="outstanding"),
    path("lists/", receiving.lists, name="lists"),
    path("lists/<uuid:transfer>/", receiving.one_list, name="list"),
    path("lists/<uuid:transfer>/fetch/", receiving.fetch, name="fetch"),
    path("lists/<uuid:transfer>/acknowledge/", receiving.acknowledge, name="acknowledge"),
]
