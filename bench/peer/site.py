"""Builds the peer's one form, with the fields of Vietnam's application."""

from wagtail.models import Locale, Page, Site

from bench.citizens import communes
from bench.peer.models import FormField, FormPage

ORGANS = "heart,liver,kidney,lung,pancreas,intestine,skin,cornea,bone,tendon,heart-valve,vessel"
FIELDS = [
    ("full_name", "singleline", True, ""),
    ("birth_date", "date", True, ""),
    ("sex", "radio", True, "female,male"),
    ("occupation", "singleline", False, ""),
    ("workplace", "singleline", False, ""),
    ("phone", "singleline", True, ""),
    ("email", "email", True, ""),
    ("identity_number", "singleline", True, ""),
    ("identity_issued_on", "date", True, ""),
    ("identity_issued_by", "singleline", True, ""),
    ("locality", "dropdown", True, ",".join(communes())),
    ("permanent_address", "singleline", True, ""),
    ("old_district", "singleline", False, ""),
    ("card_to_home", "checkbox", False, ""),
    ("card_address", "singleline", False, ""),
    ("organ_choice", "radio", True, "all,some"),
    ("organs", "checkboxes", False, ORGANS),
    ("composites", "checkboxes", False, "face,hand"),
    ("identity_secret", "radio", True, "yes,no"),
    ("notice", "checkbox", True, ""),
    ("consent", "checkbox", True, ""),
    ("declaration", "checkbox", True, ""),
]


def build_site() -> str:
    """Make root, site and form in an empty database; the form's address."""
    locale = Locale.objects.create(language_code="en")
    root = Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    home = root.add_child(instance=Page(title="Home", slug="home"))
    Site.objects.create(hostname="localhost", port=80, root_page=home, is_default_site=True)
    form = FormPage(title="Pledge", slug="pledge")
    form.form_fields = [
        FormField(label=name, field_type=kind, required=required, choices=choices, sort_order=order)
        for order, (name, kind, required, choices) in enumerate(FIELDS)
    ]
    home.add_child(instance=form)
    return form.url
