"""Pushes a publication into the cache in front: it cannot forget a page, but fetch it anew."""

import logging
from typing import Any
from urllib.parse import urlsplit

import requests
from wagtail.contrib.frontend_cache.backends import BaseBackend

logger = logging.getLogger(__name__)
SECONDS = 5


class RefreshBackend(BaseBackend):
    """Asks the cache for the page with the secret header that makes it fetch and keep a new copy.

    The cache's own lifetime (one minute) makes up for a refresh that fails.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.location = params["LOCATION"].rstrip("/")
        self.secret = params["SECRET"]

    def purge(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            requests.get(
                f"{self.location}{parts.path}",
                headers={"X-Refresh": self.secret, "Host": parts.netloc},
                timeout=SECONDS,
                allow_redirects=False,
            ).raise_for_status()
        except requests.RequestException as error:
            logger.warning("The cache was not refreshed: %s", type(error).__name__)
