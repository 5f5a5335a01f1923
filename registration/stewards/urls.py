from django.urls import path

from registration.stewards import bulk_desk, desk, one_desk, steps_desk

app_name = "stewards"

urlpatterns = [
    path("", desk.work_list, name="work_list"),
    path("list.csv", desk.export, name="export"),
    path("withdrawals/", desk.withdrawals, name="withdrawals"),
    path("steps/", bulk_desk.bulk, name="bulk"),
    path("<uuid:pledge>/", one_desk.one, name="one"),
    path("<uuid:pledge>/look/", one_desk.look, name="look"),
    path("<uuid:pledge>/step/", steps_desk.take, name="take"),
    path("<uuid:pledge>/undo/<uuid:step>/", steps_desk.undo, name="undo"),
    path("<uuid:pledge>/same-person/", steps_desk.accept, name="accept"),
    path("<uuid:pledge>/another-person/", steps_desk.contest, name="contest"),
    path("<uuid:pledge>/contact/", steps_desk.contact, name="contact"),
    path("<uuid:pledge>/withdrawal/", steps_desk.ask_to_withdraw, name="ask_to_withdraw"),
    path("<uuid:pledge>/withdrawal/<uuid:asked>/", steps_desk.decide_withdrawal, name="decide"),
]
