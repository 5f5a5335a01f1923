from wagtail.snippets.models import register_snippet

from registration.campaigns.viewsets import CampaignViewSet, UnitTargetViewSet

register_snippet(CampaignViewSet)
register_snippet(UnitTargetViewSet)
