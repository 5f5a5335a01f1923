from django.urls import path

from registration.overview import views

app_name = "statistics"

urlpatterns = [path("<slug:province>.csv", views.statistics, name="csv")]
