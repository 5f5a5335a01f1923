from wagtail.snippets.models import register_snippet

from registration.lookups.viewsets import LookUpSwitchViewSet

register_snippet(LookUpSwitchViewSet)
