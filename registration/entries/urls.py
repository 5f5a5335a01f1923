from django.urls import path

from registration.entries import desk

app_name = "entries"

urlpatterns = [
    path("", desk.batches, name="batches"),
    path("open/", desk.open_batch, name="open"),
    path("<uuid:batch>/", desk.type_in, name="type"),
    path("<uuid:batch>/close/", desk.close, name="close"),
    path("<uuid:batch>/reopen/", desk.reopen, name="reopen"),
    path("<uuid:batch>/undo/<uuid:pledge>/", desk.undo, name="undo"),
    path("<uuid:batch>/sheet/", desk.sheet, name="sheet"),
    path("<uuid:batch>/sheet/template/", desk.template, name="template"),
]
