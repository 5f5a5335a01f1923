"""The form stands at the address of the portal's form, so that nginx treats both alike."""

from django.urls import include, path
from wagtail import urls as wagtail_urls

urlpatterns = [path("vi/", include(wagtail_urls))]
