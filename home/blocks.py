"""The few blocks that editors build pages from. No raw HTML, no embeds, no tables."""

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from registration.overview.public import department_at, statistics_of
from registration.units.choices import UnitKind
from registration.units.models import CallLine, Jurisdiction, Province

RICH_TEXT = ["h2", "h3", "bold", "italic", "ul", "ol", "link", "document-link"]


class HeadingBlock(blocks.CharBlock):
    class Meta:
        label = _("Heading")
        icon = "title"
        template = "home/blocks/heading.html"


class ParagraphBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=RICH_TEXT, **kwargs)

    class Meta:
        label = _("Text")
        template = "home/blocks/paragraph.html"


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False)
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("title", blocks.CharBlock(label=_("Title"))),
                ("text", blocks.TextBlock(label=_("Text"), required=False)),
            ]
        ),
        label=_("Steps"),
    )

    class Meta:
        label = _("Steps")
        icon = "list-ol"
        template = "home/blocks/steps.html"


class NoticeBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("info", _("Information")), ("warning", _("Warning"))], label=_("Kind")
    )
    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(label=_("Text"))

    class Meta:
        label = _("Notice")
        icon = "warning"
        template = "home/blocks/notice.html"


class QuestionsBlock(blocks.StructBlock):
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("question", blocks.CharBlock(label=_("Question"))),
                ("answer", blocks.RichTextBlock(label=_("Answer"), features=RICH_TEXT)),
            ]
        ),
        label=_("Questions"),
    )

    class Meta:
        label = _("Questions and answers")
        icon = "help"
        template = "home/blocks/questions.html"


class FiguresBlock(blocks.StructBlock):
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("value", blocks.CharBlock(label=pgettext_lazy("a number on a page", "Figure"))),
                ("label", blocks.CharBlock(label=_("What it counts"))),
                ("source", blocks.CharBlock(label=_("Source"))),
            ]
        ),
        label=_("Figures"),
    )

    class Meta:
        label = _("Figures with their source")
        icon = "table"
        template = "home/blocks/figures.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Text"))
    source = blocks.CharBlock(label=_("Source"), required=False)

    class Meta:
        label = _("Quotation")
        icon = "openquote"
        template = "home/blocks/quote.html"


class PledgeCallBlock(blocks.StructBlock):
    """The call to register. It leads to the form of the page's province, or to their list."""

    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(label=_("Text"), required=False)
    button = blocks.CharBlock(label=_("Button"))

    class Meta:
        label = _("Call to register")
        icon = "form"
        template = "home/blocks/pledge_call.html"


class CallLinesBlock(blocks.StructBlock):
    """The published lines of a jurisdiction's call centres, from the unit register."""

    jurisdiction = blocks.CharBlock(label=_("Jurisdiction"), max_length=2)

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["lines"] = CallLine.objects.filter(
            unit__jurisdiction=value["jurisdiction"]
        ).select_related("unit__province")
        context["jurisdiction"] = Jurisdiction.objects.filter(pk=value["jurisdiction"]).first()
        return context

    class Meta:
        label = _("Call lines")
        icon = "mobile-alt"
        template = "home/blocks/call_lines.html"


def provinces_with_a_department() -> list[tuple[str, str]]:
    """The provinces of which there can be statistics, by their code in addresses."""
    found = Province.objects.filter(units__kind=UnitKind.DEPARTMENT).distinct()
    return [(province.address_code, province.name) for province in found]


class StatisticsBlock(blocks.StructBlock):
    """What was registered in a province, by closed months; kept in the cache for each month."""

    province = blocks.ChoiceBlock(choices=provinces_with_a_department, label=_("Province"))

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        department, language = department_at(value["province"] or ""), get_language() or "en"
        context["department"] = department
        context["statistics"] = statistics_of(department, language=language) if department else None
        return context

    class Meta:
        label = _("Statistics of a province")
        icon = "table"
        template = "home/blocks/statistics.html"


def page_blocks() -> list[tuple[str, blocks.Block]]:
    return [
        ("heading", HeadingBlock()),
        ("paragraph", ParagraphBlock()),
        ("steps", StepsBlock()),
        ("notice", NoticeBlock()),
        ("questions", QuestionsBlock()),
        ("figures", FiguresBlock()),
        ("quote", QuoteBlock()),
        ("pledge_call", PledgeCallBlock()),
        ("call_lines", CallLinesBlock()),
        ("statistics", StatisticsBlock()),
    ]
