from modeltranslation.translator import TranslationOptions, register

from registration.units.models import CallLine, Jurisdiction, Organ, Unit


@register(Jurisdiction)
class JurisdictionTranslation(TranslationOptions):
    fields = ("name", "legal_weight")


@register(Unit)
class UnitTranslation(TranslationOptions):
    fields = ("name",)


@register(Organ)
class OrganTranslation(TranslationOptions):
    fields = ("name",)


@register(CallLine)
class CallLineTranslation(TranslationOptions):
    fields = ("label", "hours")
