"""Who comes in: the key of a request, how often it was used, what it opens."""

from typing import NoReturn

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from registration.api.choices import KeyState, Scope
from registration.api.keys import find_key, has_keeper, note_use
from registration.api.models import ApiKey
from registration.api.problems import Problem
from registration.api.rules import state_of_key
from registration.common.limits import Limit, count_use, number_of_use
from registration.common.networks import address_of

OF_KEY = Limit("api-key", times=120, seconds=60)
# Only wrong keys are counted by their network: nobody shuts out whoever shares it.
OF_WRONG_KEYS = Limit("api-wrong-key", times=20, seconds=60)
REFUSED = {KeyState.EXPIRED: "key_expired", KeyState.ENDED: "key_ended"}


class KeyAuth(HttpBearer):
    """Lets in a valid key that has the scope, 120 times a minute; None asks for no scope."""

    def __init__(self, scope: Scope | None) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiKey:
        kind, _space, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != self.openapi_scheme or not token:
            raise Problem("key_missing")
        return self.authenticate(request, token)

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        now = timezone.now()
        key = find_key(token)
        if key is None:
            self._refuse_wrong(request, "key_unknown")
        state = state_of_key(expires_at=key.expires_at, ended_at=key.ended_at, now=now)
        if state in REFUSED:
            self._refuse_wrong(request, REFUSED[state])
        if not (key.is_outside or has_keeper(key)):
            self._refuse_wrong(request, "key_ended")
        used = number_of_use(OF_KEY, key.prefix, now=now)
        # Written on every answer by the frame.
        request.limit_headers = {  # type: ignore[attr-defined]
            "RateLimit-Limit": str(OF_KEY.times),
            "RateLimit-Remaining": str(max(OF_KEY.times - used, 0)),
            "RateLimit-Reset": str(OF_KEY.seconds_left(now)),
        }
        if used > OF_KEY.times:
            raise Problem("too_many", headers={"Retry-After": str(OF_KEY.seconds_left(now))})
        note_use(key, now=now)
        if self.scope and self.scope.value not in key.scopes.split(";"):
            raise Problem("not_allowed")
        return key

    def _refuse_wrong(self, request: HttpRequest, code: str) -> NoReturn:
        now = timezone.now()
        if count_use(OF_WRONG_KEYS, address_of(request), now=now):
            raise Problem(code)
        wait = str(OF_WRONG_KEYS.seconds_left(now))
        raise Problem("too_many", headers={"Retry-After": wait})
