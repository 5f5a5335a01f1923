"""Every address of the portal."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView
from django_altcha import AltchaChallengeView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls

from home.sitemaps import PageSitemap
from portal import desk, health, mailbox, views

to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_reset = RedirectView.as_view(pattern_name="account_reset_password")

desk_urls = (
    [
        path("", desk.home, name="home"),
        path("mailbox/", mailbox.inbox, name="mailbox"),
        path("mailbox/<uuid:item>/", mailbox.letter, name="mailbox_item"),
        path("mailbox/<uuid:item>/html/", mailbox.letter_html, name="mailbox_html"),
        path("mailbox/<uuid:item>/files/<int:number>/", mailbox.letter_file, name="mailbox_file"),
    ],
    "desk",
)

urlpatterns = [
    path("", views.front_door),
    path("-/live", health.live),
    path("-/ready", health.ready),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": PageSitemap}}),
    path("account/", include("allauth.urls")),
    # The editors' door has no sign-in of its own: one way in, with one second factor.
    path("cms/login/", to_sign_in, name="wagtailadmin_login"),
    path("cms/password_reset/", to_reset, name="wagtailadmin_password_reset"),
    path("cms/password_reset/<path:rest>", to_reset),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("altcha/", AltchaChallengeView.as_view(max_number=60_000), name="altcha_challenge"),
    path("b/", include("registration.banners.urls")),
    path("desk/", include(desk_urls)),
    path("desk/banner/", include("registration.banners.desk_urls")),
    path("desk/sites/", include("registration.monitor.urls")),
    path("desk/numbers/", include("registration.reach.desk_urls")),
    path("desk/summaries/", include("registration.overview.urls")),
    path("desk/deliveries/", include("registration.deliveries.urls")),
    path("desk/keys/", include("registration.api.desk_urls")),
    path("api/", include("registration.api.urls")),
    path("desk/registrations/", include("registration.stewards.urls")),
    path("desk/entries/", include("registration.entries.urls")),
    path("desk/merges/", include("registration.merges.urls")),
    path("desk/cards/", include("registration.cards.urls")),
    path("desk/look-up/", include("registration.lookups.urls")),
    path("desk/requests/", include("registration.rights.desk_urls")),
    path("c/", include("registration.cards.public_urls")),
    *i18n_patterns(
        path("pledge/", include("registration.intake.urls")),
        path("record/", include("registration.records.urls")),
        path("my-data/", include("registration.rights.urls")),
        path("banner/", include("registration.kit.urls")),
        path("numbers/", include("registration.reach.urls")),
        path("statistics/", include("registration.overview.public_urls")),
        path("", include(wagtail_urls)),
    ),
]

if settings.DEBUG:
    from django.conf.urls.static import static

    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
