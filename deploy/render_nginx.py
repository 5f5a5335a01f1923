"""Fill in deploy/nginx.conf. Standard library only, so that it runs before anything is installed.

Production, into nginx's own folder:
    render_nginx.py --output /etc/nginx/conf.d/portal.conf --hosts portal.example.org \\
        --certificate /etc/ssl/portal.pem --key /etc/ssl/portal.key --secret "$REFRESH_SECRET" \\
        --static /var/lib/donation-portal/static --media /var/lib/donation-portal/media

A try without root, then ``nginx -p PREFIX -c PREFIX/nginx.conf``:
    render_nginx.py --prefix PREFIX --listen 8080 --upstream 127.0.0.1:8000 --static … --media …
"""

import argparse
import re
import secrets
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent

SEEN = Path("/var/log/donation-portal")

TLS = """\
listen 443 ssl http2;
    listen [::]:443 ssl http2;
    # The portal refreshes its pages through this one; it never leaves the machine.
    listen 127.0.0.1:{refresh_port};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:portal_tls:10m;
    ssl_session_tickets off;"""
REDIRECT = """\
server {{
    listen 80;
    listen [::]:80;
    server_name {hosts};
    server_tokens off;
    return 301 https://$host$request_uri;
}}
"""


def main() -> None:
    options = parse()
    prefix = options.prefix
    if prefix is not None:
        for folder in ("cache", "logs", "temp", "seen"):
            (prefix / folder).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "nginx-alone.conf", prefix / "nginx.conf")
    output = options.output or prefix / "portal.conf"
    output.touch(mode=0o600)
    output.write_text(render(options), encoding="utf-8")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--output", type=Path, help="the file to write, for an nginx that is there")
    where.add_argument("--prefix", type=Path, help="a folder for an nginx of its own")
    parser.add_argument("--hosts", default="_", help="host names, separated by spaces")
    parser.add_argument("--listen", default="8080", help="port or address:port, without TLS")
    parser.add_argument("--upstream", default="127.0.0.1:8000", help="where the portal listens")
    parser.add_argument("--static", type=Path, required=True)
    parser.add_argument("--media", type=Path, required=True)
    # The portal empties what it finds here, so it must be a folder of its own.
    parser.add_argument("--seen", type=Path, help="where views of banners are noted")
    parser.add_argument("--certificate", help="with --key: serve HTTPS, and lead HTTP there")
    parser.add_argument("--key")
    parser.add_argument("--refresh-port", default="8081", help="for REFRESH_URL, on this machine")
    # Without a secret nobody may refresh; an empty one would match every visitor.
    parser.add_argument("--secret", default="", help="REFRESH_SECRET of the portal")
    options = parser.parse_args()
    if bool(options.certificate) != bool(options.key):
        parser.error("--certificate and --key go together")
    if options.secret and not re.fullmatch(r"[A-Za-z0-9_-]{20,}", options.secret):
        parser.error("--secret needs 20 letters, digits, - or _, or more")
    return options


def render(options: argparse.Namespace) -> str:
    tls = options.certificate is not None
    own = options.prefix.resolve() if options.prefix else None
    seen = options.seen or (own / "seen" if own else SEEN)
    words = {
        "secret": options.secret or secrets.token_urlsafe(32),
        "cache": str(own / "cache") if own else "/var/lib/nginx/portal-cache",
        "logs": str(own / "logs") if own else "/var/log/nginx",
        "seen": str(seen.resolve()),
        "upstream": options.upstream,
        "hosts": options.hosts,
        "scheme": "https" if tls else "http",
        "listen": TLS.format(**vars(options)) if tls else f"listen {options.listen};",
        "redirect": REDIRECT.format(hosts=options.hosts) if tls else "",
        "static": str(options.static.resolve()),
        "media": str(options.media.resolve()),
    }
    text = (HERE / "nginx.conf").read_text(encoding="utf-8")
    return re.sub(r"@(\w+)@", lambda found: words[found[1]], text)


if __name__ == "__main__":
    main()
