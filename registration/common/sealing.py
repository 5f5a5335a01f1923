"""Sealed values: AES-256-GCM bound to their place, and keyed hashes to look them up by.

A sealed value reads ``<key id>.<base64 of nonce and ciphertext>``. Its place (model, field and row)
is authenticated with it, so that a value copied into another row or column does not open. Keys come
from the settings (``SEALING_KEYS``, newest first; ``LOOKUP_KEY``) and are never in the database.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed value was altered, moved, or sealed with a key that is not here."""


@lru_cache(maxsize=8)
def _cipher(pair: str) -> tuple[str, AESGCM]:
    key_id, _, encoded = pair.partition(":")
    key = base64.b64decode(encoded, validate=True)
    if len(key) != 32 or not key_id.isalnum():
        raise ValueError("A sealing key is written id:base64 of 32 bytes.")
    return key_id, AESGCM(key)


def seal(value: str, *, place: str) -> str:
    """Encrypt with the newest key; ``place`` must be given again to open."""
    key_id, cipher = _cipher(settings.SEALING_KEYS[0])
    nonce = os.urandom(NONCE_BYTES)
    sealed = cipher.encrypt(nonce, value.encode(), place.encode())
    return f"{key_id}.{base64.b64encode(nonce + sealed).decode()}"


def open_sealed(token: str, *, place: str) -> str:
    """Decrypt, or raise ``CannotOpen``."""
    key_id, _, encoded = token.partition(".")
    for pair in settings.SEALING_KEYS:
        known_id, cipher = _cipher(pair)
        if known_id == key_id:
            try:
                raw = base64.b64decode(encoded, validate=True)
                opened = cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
            except (InvalidTag, ValueError) as error:
                raise CannotOpen(place) from error
            return opened.decode()
    raise CannotOpen(f"{place}: no key {key_id}")


def lookup_hash(value: str, *, purpose: str) -> str:
    """HMAC-SHA-256 in hex. One value gives different hashes for different purposes."""
    key = base64.b64decode(settings.LOOKUP_KEY)
    purpose_key = hmac.digest(key, purpose.encode(), hashlib.sha256)
    return hmac.new(purpose_key, value.encode(), hashlib.sha256).hexdigest()


class Sealed(str):
    """The stored form of a value, as it came from the database and not yet opened."""


class _SealedAttribute:
    def __init__(self, field: "SealedField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            return open_sealed(value, place=self.field.place(instance)) if value else ""
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.TextField):
    """Text that is encrypted at rest. It can be read and written, never filtered or sorted by.

    The row needs a primary key before it is saved (a UUID), because the value is bound to it.
    """

    def place(self, instance: models.Model) -> str:
        if instance.pk is None:
            raise ValueError("A sealed value needs its row's key before it is saved.")
        return f"{instance._meta.label_lower}.{self.attname}:{instance.pk}"

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _SealedAttribute(self))

    def from_db_value(self, value: str | None, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        if value == "":
            return Sealed("")
        return Sealed(seal(str(value), place=self.place(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Sealed):
            return None if value is None else str(value)
        raise TypeError(f"{self.name} is sealed: it cannot be searched or updated in bulk.")

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
