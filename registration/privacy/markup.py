"""Legal texts are written in three marks of Markdown: ``## heading``, ``- list`` and paragraphs.

Everything is escaped first, so that no text can bring markup of its own.
"""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


def to_html(text: str) -> SafeString:
    """Headings become h3: the page's own title stands above the text."""
    blocks: list[str] = []
    paragraph: list[str] = []
    items: list[str] = []

    def close() -> None:
        if paragraph:
            blocks.append(f"<p>{' '.join(paragraph)}</p>")
        if items:
            blocks.append(f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>")
        paragraph.clear()
        items.clear()

    for line in escape(text).splitlines():
        line = line.strip()
        if not line:
            close()
        elif line.startswith("## "):
            close()
            blocks.append(f"<h3>{line[3:]}</h3>")
        elif line.startswith("- "):
            if paragraph:
                close()
            items.append(line[2:])
        else:
            if items:
                close()
            paragraph.append(line)
    close()
    return mark_safe("\n".join(blocks))  # noqa: S308  escaped above, line by line


def fill(text: str, values: dict[str, str]) -> str:
    """Put values in the place of ``{names}``; a name without a value stays, and is seen."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text
