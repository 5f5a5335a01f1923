from wagtail.snippets.models import register_snippet

from registration.cards.viewsets import ReceiverViewSet

register_snippet(ReceiverViewSet)
