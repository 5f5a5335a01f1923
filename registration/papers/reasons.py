"""Why people could not give blood, in words: codes of the countries' published criteria.

Vietnam: Circular 26/2013/TT-BYT. Turkey: the criteria of the Turkish Red Crescent. Thresholds
are not repeated: a report counts, and the centre's physician decides.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

REASONS = {
    "vn-age": gettext_noop("Age"),
    "vn-weight-f": gettext_noop("Body weight (women)"),
    "vn-weight-m": gettext_noop("Body weight (men)"),
    "vn-vol-light": gettext_noop("Volume not suited to body weight"),
    "vn-apheresis-50": gettext_noop("Body weight (apheresis)"),
    "vn-health-chronic": gettext_noop("Chronic or acute disease"),
    "vn-pregnant": gettext_noop("Pregnancy"),
    "vn-transplant": gettext_noop("Organ or tissue given or received"),
    "vn-addiction": gettext_noop("Dependence on drugs or alcohol"),
    "vn-disability": gettext_noop("Severe disability"),
    "vn-hb": gettext_noop("Haemoglobin"),
    "vn-hb-350": gettext_noop("Haemoglobin (more than 350 ml)"),
    "vn-bp-sys": gettext_noop("Blood pressure (systolic)"),
    "vn-bp-dia": gettext_noop("Blood pressure (diastolic)"),
    "vn-pulse": gettext_noop("Pulse"),
    "vn-int-wb": gettext_noop("Too soon after whole blood"),
    "vn-int-pl": gettext_noop("Too soon after plasma or platelets"),
    "vn-int-gran": gettext_noop("Too soon after granulocytes or stem cells"),
    "vn-int-mixed": gettext_noop("Too soon after another kind of donation"),
    "vn-def-12m-blood": gettext_noop("Blood or blood products received"),
    "vn-def-12m-birth": gettext_noop("Birth or end of a pregnancy"),
    "vn-def-12m-surgery": gettext_noop("Operation or serious infection"),
    "vn-def-6m-tattoo": gettext_noop("Tattoo"),
    "vn-def-6m-pierce": gettext_noop("Piercing"),
    "vn-def-6m-expo": gettext_noop("Contact with blood at risk"),
    "vn-def-6m-disease": gettext_noop("Recovery from a disease (6 months)"),
    "vn-def-4w": gettext_noop("Common infection or vaccine (4 weeks)"),
    "vn-def-7d": gettext_noop("Cold, allergy or vaccine (7 days)"),
    "tr-age": gettext_noop("Age"),
    "tr-age-first": gettext_noop("Age at the first donation"),
    "tr-age-regular": gettext_noop("Age of a regular donor"),
    "tr-weight": gettext_noop("Body weight"),
    "tr-int-m": gettext_noop("Too soon after the last donation (men)"),
    "tr-int-f": gettext_noop("Too soon after the last donation (women)"),
    "tr-hb-m": gettext_noop("Haemoglobin (men)"),
    "tr-hb-f": gettext_noop("Haemoglobin (women)"),
    "tr-pulse": gettext_noop("Pulse"),
    "tr-bp-sys": gettext_noop("Blood pressure (systolic)"),
    "tr-bp-dia": gettext_noop("Blood pressure (diastolic)"),
    "tr-def-alcohol": gettext_noop("Alcohol"),
    "tr-def-body-art": gettext_noop("Tattoo, piercing, acupuncture or hair transplant"),
    "tr-def-surgery": gettext_noop("Operation"),
    "tr-def-preg": gettext_noop("Birth or miscarriage"),
    "tr-def-dental": gettext_noop("Dental treatment"),
    "tr-def-vaccine": gettext_noop("Live vaccine"),
    "tr-def-hepA": gettext_noop("Hepatitis A or E"),
    "tr-perm-hepBC": gettext_noop("Hepatitis B or C"),
    "tr-def-malaria": gettext_noop("Malaria, or the risk of it"),
    "tr-platelet-aspirin": gettext_noop("Aspirin before giving platelets"),
    "tr-id": gettext_noop("No identity paper"),
}


def reason_name(code: str) -> str:
    """The reason in words; a code that is not known here stands for itself."""
    return _(REASONS[code]) if code in REASONS else code
