from base64 import b64encode
from dataclasses import dataclass

from django import template

from registration.banners.choices import Size
from registration.banners.models import Banner
from registration.banners.pictures import banner_picture

register = template.Library()


@dataclass(frozen=True)
class Drawn:
    label: str
    width: int
    height: int
    address: str


@register.simple_tag
def drawn_in_each_size(banner: Banner, language: str) -> list[Drawn]:
    """The banner as the object stands, typed words and all; inline, for a draft has no address."""
    drawn = []
    for size in Size:
        picture = banner_picture(banner, language, size=size)
        address = f"data:image/png;base64,{b64encode(picture.png()).decode()}"
        drawn.append(Drawn(str(size.label), *size.pixels, address=address))
    return drawn
