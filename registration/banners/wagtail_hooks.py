from wagtail.snippets.models import register_snippet

from registration.banners.viewsets import BannerViewSet, PlacementViewSet

register_snippet(BannerViewSet)
register_snippet(PlacementViewSet)
