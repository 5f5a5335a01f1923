from modeltranslation.translator import TranslationOptions, register

from registration.campaigns.models import Campaign


@register(Campaign)
class CampaignTranslation(TranslationOptions):
    fields = ("title", "slogan")
