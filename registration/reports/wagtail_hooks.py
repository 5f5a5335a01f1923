from wagtail.snippets.models import register_snippet

from registration.reports.viewsets import ReportsGroup

register_snippet(ReportsGroup)
