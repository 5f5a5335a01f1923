"""A form-builder page as Wagtail's documentation shows it."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.contrib.forms.models import AbstractForm, AbstractFormField


class FormField(AbstractFormField):
    page = ParentalKey("FormPage", on_delete=models.CASCADE, related_name="form_fields")


class FormPage(AbstractForm):
    template = "peer/form_page.html"
    landing_page_template = "peer/form_page_landing.html"
