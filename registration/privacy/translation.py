from modeltranslation.translator import TranslationOptions, register

from registration.privacy.models import LegalText


@register(LegalText)
class LegalTextTranslation(TranslationOptions):
    fields = ("title", "body")
    # No silent fallback: a text that is missing in a language is not shown in another.
    fallback_languages = {"default": ()}
