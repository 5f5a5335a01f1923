"""The content security policies, in one place until the framework has its own."""

from csp.constants import NONE, SELF, UNSAFE_INLINE

PUBLIC_POLICY: dict[str, object] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "worker-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
    "object-src": [NONE],
    "manifest-src": [SELF],
}

# Wagtail's editor writes inline styles and scripts; the policy still closes everything else.
ADMIN_POLICY: dict[str, object] = {
    **PUBLIC_POLICY,
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
    "base-uri": [SELF],
}
