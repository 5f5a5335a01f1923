"""Persons, what they told us, and how to reach them. All of it sealed."""

import uuid

from django.db import models

from registration.common.sealing import SealedField
from registration.ledger.choices import Sex
from registration.people.choices import ContactKind, IdentityTier
from registration.units.models import Jurisdiction, Locality, Province


class Person(models.Model):
    """The anchor by which two entries are known to be of one person.

    ``same_key`` is a keyed hash: of the identity number where the jurisdiction asks for it, else
    of the mailbox together with the folded name.
    """

    # Wagtail would note each row's references in a table of its own: no persons there.
    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    same_key = models.CharField(max_length=64)
    identity_number = SealedField(blank=True)
    identity_tier = models.CharField(
        max_length=20, choices=IdentityTier, default=IdentityTier.UNCONFIRMED
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # At the person's request the entry is only kept: no step is taken and no reminder sent.
    restricted_at = models.DateTimeField(null=True, blank=True)
    # Two entries of one person that were found to be one; taken back when the merge is.
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "same_key"], name="person_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class Particulars(models.Model):
    """What a person told us on one occasion. Never altered: a change is a new row."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="particulars")
    full_name = SealedField()
    birth_date = SealedField(blank=True)
    sex = models.CharField(max_length=8, choices=Sex, default=Sex.UNKNOWN)
    identity_issued_on = SealedField(blank=True)
    identity_issued_by = SealedField(blank=True)
    permanent_address = SealedField(blank=True)
    old_district = SealedField(blank=True)
    card_address = SealedField(blank=True)
    occupation = SealedField(blank=True)
    workplace = SealedField(blank=True)
    province = models.ForeignKey(Province, models.PROTECT, related_name="+")
    locality = models.ForeignKey(Locality, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=8)
    given_at = models.DateTimeField()
    # Keyed hash of the folded name with the birth date, by which twins are found; empty if unknown.
    twin_hash = models.CharField(max_length=64, blank=True, db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class Contact(models.Model):
    """A mailbox or telephone given with particulars; trusted once its owner has confirmed it."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    particulars = models.ForeignKey(Particulars, models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=8, choices=ContactKind)
    value = SealedField()
    value_hash = models.CharField(max_length=64, db_index=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["particulars", "kind"], name="contact_kind_once")
        ]

    def __str__(self) -> str:
        return str(self.id)


class OneTimeLink(models.Model):
    """A link sent to a contact, of use once. Only the hash of its token is kept."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=20)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="links")
    # The thing it acts on, e.g. a pledge's id.
    about = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # Wrong second facts tried with it.
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.id)


class OneTimeCode(models.Model):
    """Six digits sent by SMS, of use once and for a few tries. Only a keyed hash is kept."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=20)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="codes")
    about = models.UUIDField(db_index=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.id)
