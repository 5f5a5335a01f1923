from django.urls import path

from registration.reach import desk

app_name = "reach_desk"
urlpatterns = [
    path("", desk.units, name="units"),
    path("own/", desk.own, name="own"),
    path("own/link/", desk.own_link, name="own_link"),
    path("own/numbers.csv", desk.own_csv, name="own_csv"),
    path("own/prompts/<slug:code>/", desk.own_prompt, name="own_prompt"),
    path("own/prompts/<slug:code>/results.csv", desk.own_prompt_csv, name="own_prompt_csv"),
    path("unit/<slug:unit>/", desk.one, name="one"),
    path("unit/<slug:unit>/link/", desk.one_link, name="one_link"),
    path("unit/<slug:unit>/numbers.csv", desk.one_csv, name="one_csv"),
    path("unit/<slug:unit>/prompts/<slug:code>/", desk.one_prompt, name="one_prompt"),
    path(
        "unit/<slug:unit>/prompts/<slug:code>/results.csv",
        desk.one_prompt_csv,
        name="one_prompt_csv",
    ),
]
