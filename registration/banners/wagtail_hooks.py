from wagtail.snippets.models import register_snippet

from registration.banners.viewsets import (
    BannerViewSet,
    OriginViewSet,
    PlacementViewSet,
    PromptViewSet,
)

register_snippet(BannerViewSet)
register_snippet(PlacementViewSet)
register_snippet(OriginViewSet)
register_snippet(PromptViewSet)
