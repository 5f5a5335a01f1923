from django.urls import path

from registration.cards import views

app_name = "card"

urlpatterns = [path("<slug:code>/", views.check, name="check")]
