"""Made-up rows for tests. Names carry the letters that go wrong: İ, ı, ş, Đ, ễ."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from registration.accounts.models import Staff, StaffRole
from registration.banners.models import Banner, Placement
from registration.campaigns.models import Campaign
from registration.units.models import Jurisdiction, Locality, Province, Unit

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


class JurisdictionFactory(DjangoModelFactory):
    class Meta:
        model = Jurisdiction
        django_get_or_create = ["code"]

    code = "VN"
    name_vi = "Việt Nam"
    name_tr = "Vietnam"
    name_en = "Viet Nam"
    language = "vi"
    time_zone = "Asia/Ho_Chi_Minh"
    minimum_age = 18
    minimum_age_source = "Law 75/2006/QH11 art. 5"
    minimum_age_on = date(2007, 7, 1)
    pledge_kind = "application"
    legal_weight_vi = "Đơn này có hiệu lực kể từ ngày thẻ được cấp."
    legal_weight_tr = "Bu başvuru, kart verildiği gün geçerli olur."
    legal_weight_en = "This application counts from the day the card is issued."

    class Params:
        turkish = factory.Trait(
            code="TR",
            name_vi="Thổ Nhĩ Kỳ",
            name_tr="Türkiye",
            name_en="Türkiye",
            language="tr",
            time_zone="Europe/Istanbul",
            minimum_age_source="Law 2238 art. 5",
            minimum_age_on=date(1979, 5, 29),
            pledge_kind="intent",
            legal_weight_vi="Đây là nguyện vọng, không phải tuyên bố pháp lý.",
            legal_weight_tr="Bu bir niyettir; hukuken geçerli beyan e-Devlet'te yapılır.",
            legal_weight_en="This is an intent; the legal statement is made in e-Devlet.",
        )


class ProvinceFactory(DjangoModelFactory):
    class Meta:
        model = Province
        django_get_or_create = ["jurisdiction", "code"]

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    code = "22"
    slug = factory.LazyAttribute(lambda o: f"province-{o.code}")
    name = "Quảng Ninh"
    full_name = factory.LazyAttribute(lambda o: o.name)


class LocalityFactory(DjangoModelFactory):
    class Meta:
        model = Locality

    province = factory.SubFactory(ProvinceFactory)
    code = factory.Sequence(lambda n: f"{n:05d}")
    kind = "ward"
    name = "Hạ Long"
    full_name = factory.LazyAttribute(lambda o: f"Phường {o.name}")


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    code = factory.Sequence(lambda n: f"unit-{n}")
    kind = "hospital"
    province = factory.SubFactory(ProvinceFactory)
    jurisdiction = factory.LazyAttribute(lambda o: o.province.jurisdiction)
    name_vi = factory.Sequence(lambda n: f"Bệnh viện Đa khoa số {n}")
    name_en = factory.Sequence(lambda n: f"General Hospital no. {n}")
    name_tr = factory.Sequence(lambda n: f"Şehir Hastanesi {n}")


class StaffFactory(DjangoModelFactory):
    class Meta:
        model = Staff
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"staff{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.org")
    language = "en"
    password = factory.django.Password("a long pass phrase")

    @factory.post_generation
    def roles(self, create: bool, extracted: list[str] | None, **kwargs: object) -> None:
        for role in extracted or []:
            StaffRole.objects.create(staff=self, role=role)


class CampaignFactory(DjangoModelFactory):
    class Meta:
        model = Campaign

    code = factory.Sequence(lambda n: f"campaign-{n}")
    kind = "organ"
    owner = factory.SubFactory(UnitFactory, kind="department")
    jurisdiction = factory.LazyAttribute(lambda o: o.owner.jurisdiction)
    province = factory.LazyAttribute(lambda o: o.owner.province)
    title_vi = "Cho đi là còn mãi"
    title_tr = "Bağışla yaşat"
    title_en = "Giving is staying"
    starts_on = date(2024, 5, 19)


class BannerFactory(DjangoModelFactory):
    class Meta:
        model = Banner

    code = factory.Sequence(lambda n: f"banner-{n}")
    campaign = factory.SubFactory(CampaignFactory)
    headline_vi = "Đăng ký hiến tặng mô, tạng"
    headline_tr = "Organ bağışı için niyetinizi bildirin"
    headline_en = "Register to donate organs and tissues"
    call_vi = "Đăng ký"
    call_tr = "Bildir"
    call_en = "Register"
    alt_vi = "Cho đi là còn mãi: đăng ký hiến tặng mô, tạng"
    alt_tr = "Organ ve doku bağışı: niyetinizi bildirin"
    alt_en = "Organ and tissue donation: register"


class PlacementFactory(DjangoModelFactory):
    class Meta:
        model = Placement

    banner = factory.SubFactory(BannerFactory)
    unit = factory.SubFactory(UnitFactory)
    language = "vi"
