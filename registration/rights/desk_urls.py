from django.urls import path

from registration.rights import acts_desk, desk

app_name = "rights_desk"

urlpatterns = [
    path("", desk.work_list, name="work_list"),
    path("<uuid:request_id>/", desk.one, name="one"),
    path("<uuid:request_id>/correct/", acts_desk.correct, name="correct"),
    path("<uuid:request_id>/lift/", acts_desk.lift, name="lift"),
    path("<uuid:request_id>/letter/", acts_desk.letter, name="letter"),
    path("<uuid:request_id>/everything.<str:ending>", acts_desk.everything, name="everything"),
]
