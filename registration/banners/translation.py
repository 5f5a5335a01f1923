from modeltranslation.translator import TranslationOptions, register

from registration.banners.models import Banner


@register(Banner)
class BannerTranslation(TranslationOptions):
    fields = ("headline", "call", "alt")
