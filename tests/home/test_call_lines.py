from types import SimpleNamespace

from home.blocks import CallLinesBlock
from registration.units.models import CallLine


def test_call_lines_are_pressed_to_call(reference: SimpleNamespace) -> None:
    for number in ("0203 000 00 01", "+84 24 3825 499"):
        CallLine.objects.create(unit=reference.hospital, number=number, label_vi="Tổng đài")
    block = CallLinesBlock()

    html = block.render(block.to_python({"jurisdiction": "VN"}))

    assert 'href="tel:02030000001">0203 000 00 01</a>' in html
    assert 'href="tel:+84243825499">+84 24 3825 499</a>' in html
