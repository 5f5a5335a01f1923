"""The houses of the town: websites that carry the banner, or lack it, in every known manner."""

import gzip
import zlib
from collections.abc import Callable
from typing import Any

from tests.outside.town import House, Reply, html, to

FORMER_HOST = "hien-tang.example.org"
MEGABYTE = b"<p>" + b"x" * (1024 * 1024 - 3)

# Tones as that code page writes them: a letter of their own after the vowel.
VIETNAMESE_OF_OLD = "<h2>Hiê\u0301n ma\u0301u</h2>"
VIETNAMESE = "Cho đi là còn mãi: đăng ký hiến tặng mô, tạng"


def image(code: str, *, host: str = "testserver", alt: str = VIETNAMESE) -> str:
    """The picture with its link, as it is given out."""
    return (
        f'<a href="http://{host}/b/{code}/"><img src="http://{host}/b/{code}/banner.png"'
        f' width="728" height="90" alt="{alt}"></a>'
    )


def component(code: str) -> str:
    return f'<portal-banner code="{code}" language="vi" size="728x90"></portal-banner>'


SCRIPT = '<script src="http://testserver/static/embed/v1/banner.js" async></script>'


def houses(own: Callable[[str], str], *, other: str, closed: Callable[[str], str]) -> list[House]:
    """All of the town. ``own`` gives a house the code of its unit's open placement, ``closed``
    that of a closed one; ``other`` is another unit's.
    """
    return [
        *_present(own),
        *_odd(own),
        *_lacking(own, other=other, closed=closed),
        *_down(own),
        *_asking(own),
    ]


def _house(name: str, state: str, page: str | Reply, **options: Any) -> House:
    front = page if isinstance(page, Reply) else html(page)
    pages = {"/": front, **options.pop("more", {})}
    return House(name, state, pages, **options)


def _present(own: Callable[[str], str]) -> list[House]:
    def present(name: str, page: str | Reply, **options: Any) -> House:
        return _house(name, "present", page, **options)

    def code(name: str) -> str:
        return own(name)

    return [
        present("image", f"<html><body>{image(code('image'))}</body></html>", visits=1),
        present("component", component(code("component")) + SCRIPT),
        present("component-with-picture", f"<portal-banner>{image(own('component-with-picture'))}"),
        present("frame", f'<iframe src="http://testserver/b/{code("frame")}/frame/"></iframe>'),
        present("object", f'<object data="http://testserver/b/{code("object")}/frame/"></object>'),
        present(
            "saved-picture",
            f'<a href="http://testserver/b/{code("saved-picture")}/"><img src="/up/b.png"></a>',
        ),
        present(
            "lazy",
            f'<img src="/dot.gif" data-src="http://testserver/b/{code("lazy")}/banner.png">',
        ),
        present("no-scheme", image(code("no-scheme")).replace("http://", "//")),
        present("by-https", image(code("by-https")).replace("http://", "https://")),
        present("capitals", image(code("capitals").upper(), host="TESTSERVER")),
        present("former-host", image(code("former-host"), host=FORMER_HOST)),
        present(
            "map",
            '<img src="m.gif" usemap="#m"><map name="m"><area shape="rect" coords="0,0,9,9"'
            f' href="http://testserver/b/{code("map")}/"></map>',
        ),
        present(
            "base",
            f'<base href="http://testserver/x/"><a href="../b/{code("base")}/">'
            f'<img src="../b/{code("base")}/banner.png"></a>',
        ),
        present(
            "section",
            '<a href="gioi-thieu.html">Giới thiệu</a> <a href="hien-tang.html">HIẾN, TẶNG MÔ,'
            " TẠNG</a>",
            more={
                "/gioi-thieu.html": html("<h1>Giới thiệu</h1>"),
                "/hien-tang.html": html(image(code("section"))),
            },
            has_section=True,
            visits=2,
        ),
        present(
            "section-by-picture",
            '<a href="/organ-bagisi/"><img src="/organ.gif"></a>',
            more={"/organ-bagisi/": html(image(code("section-by-picture")))},
            has_section=True,
        ),
        present(
            "frameset",
            '<frameset rows="90,*"><frame src="top.htm"><frame src="main.htm"></frameset>',
            more={"/top.htm": html("top"), "/main.htm": html(image(code("frameset")))},
        ),
        present(
            "refresh",
            '<meta http-equiv="Refresh" content="0; URL=trang-chu.aspx">',
            more={"/trang-chu.aspx": html(image(code("refresh")))},
        ),
        present(
            "to-https",
            to("https://to-https.town.test/vi/", 301),
            more={"/vi/": html(image(code("to-https")))},
        ),
        present(
            "with-www",
            to("http://www.with-www.town.test/start", 301),
            more={
                "/start": html('<a href="http://with-www.town.test/organ-bagis">Organ Bağışı</a>'),
                "/organ-bagis": html(image(code("with-www"))),
            },
            has_section=True,
        ),
        present(
            "own-port",
            image(code("own-port")),
            website="http://own-port.town.test:8080/index.htm",
            more={"/index.htm": html(image(code("own-port")))},
        ),
    ]


def _odd(own: Callable[[str], str]) -> list[House]:
    """Pages that only browsers are expected to read; the banner is on all of them."""

    def odd(name: str, write: Callable[[str], str | Reply], **options: Any) -> House:
        return _house(name, "present", write(own(name)), **options)

    turkish = '<meta charset="windows-1254"><h2>Organ bağışı için şimdi</h2>'
    return [
        odd(
            "windows-1254",
            lambda code: html(turkish + image(code, alt="Bağışla, yaşat"), encoding="cp1254"),
            has_section=True,
            language="tr",
        ),
        odd(
            "windows-1258",
            lambda code: html(VIETNAMESE_OF_OLD + image(code, alt="x"), encoding="cp1258"),
            has_section=True,
            language="vi",
        ),
        odd("utf-16", lambda code: html("\ufeff" + image(code), encoding="utf-16-le")),
        odd(
            "utf-16-by-header",
            lambda code: Reply(
                image(code).encode("utf-16-be"),
                headers={"Content-Type": "text/html; charset=UTF-16BE"},
            ),
        ),
        odd(
            "wrong-encoding",
            lambda code: html(
                image(code) + "\x81",
                encoding="utf-8",
                **{"Content-Type": 'text/html; charset="no-such-thing"'},
            ),
        ),
        odd(
            "gzip",
            lambda code: Reply(
                gzip.compress(image(code).encode()),
                headers={"Content-Type": "text/html", "Content-Encoding": "gzip"},
            ),
        ),
        odd(
            "deflate",
            lambda code: Reply(
                zlib.compress(image(code).encode()),
                headers={"Content-Type": "text/html", "Content-Encoding": "deflate"},
            ),
        ),
        odd("no-type", lambda code: Reply(image(code).encode(), headers={})),
        odd(
            "quirks",
            lambda code: (
                f"<CENTER><FONT SIZE=+2>x<P><A HREF=http://testserver/b/{code}/>"
                f"<IMG SRC=http://testserver/b/{code}/banner.png BORDER=0><td></B></A"
            ),
        ),
        odd(
            "conditional",
            lambda code: f"<!--[if !IE]><!-->{image(code)}<!--<![endif]--><![if IE]>x<![endif]>",
        ),
        odd("marked-section", lambda code: f"<![CDATA[ not closed > <![foo[ {image(code)} <![x"),
        odd("empty-comments", lambda code: f"<!--> <!---> <!-- x --!> {image(code)} <!-- <a href="),
        odd("script-before", lambda code: f"<script>if (a </b) '<!--'</script>{image(code)}"),
        odd(
            "cut-off",
            lambda code: Reply(
                image(code).encode(),
                headers={"Content-Type": "text/html", "Content-Length": "99999"},
            ),
        ),
        odd(
            "long-with-banner",
            lambda code: Reply(image(code).encode() + 3 * MEGABYTE),
        ),
        odd(
            "idn",
            image,
            website="http://bệnhviện.town.test/",
        ),
    ]


def _lacking(own: Callable[[str], str], *, other: str, closed: Callable[[str], str]) -> list[House]:
    deep = {
        f"/hien-mo-{n}": html("<h1>Hiến mô</h1>" + (image(own("too-deep")) if n == 4 else ""))
        for n in range(1, 5)
    }
    return [
        _house("others-image", "wrong_code", image(other)),
        _house("others-component", "wrong_code", component(other) + SCRIPT),
        _house("closed-code", "wrong_code", image(closed("closed-code"))),
        _house("unknown-frame", "wrong_code", '<iframe src="http://testserver/b/zzzzzz9/frame/">'),
        _house("link", "link_only", '<a href="http://testserver/vi/">Đăng ký</a>'),
        _house(
            "own-link", "link_only", f'<a href="http://testserver/b/{own("own-link")}/">Đăng ký</a>'
        ),
        _house(
            "linked-logo", "link_only", '<a href="http://testserver/vi/"><img src="logo.png"></a>'
        ),
        _house("plain", "missing", "<h1>Bệnh viện</h1><p>Giờ khám: 7:30</p>", visits=1),
        _house(
            "javascript",
            "missing",
            f"""<a href="javascript:open('http://testserver/b/{own("javascript")}/')">
            <img src="b.png"></a>""",
        ),
        _house(
            "data", "missing", f'<iframe src="data:text/html,{image(own("data"))[:60]}"></iframe>'
        ),
        _house("commented-out", "missing", f"<!-- {image(own('commented-out'))} -->"),
        _house("script-missing", "missing", component(own("script-missing"))),
        _house(
            "heading-alone", "missing", "<h3>Hiến, tặng mô, tạng</h3>", has_section=True, visits=1
        ),
        _house(
            "too-deep",
            "missing",
            "".join(f'<a href="/hien-mo-{n}">Hiến mô {n}</a>' for n in range(1, 5)),
            more=deep,
            has_section=True,
            visits=4,
        ),
        _house(
            "lookalike", "missing", image(own("lookalike"), host="testserver.lookalike.town.test")
        ),
        _house("words-alone", "missing", f"<pre>http://testserver/b/{own('words-alone')}/</pre>"),
        House("none", "no_website", {}, website=" "),
    ]


def _down(own: Callable[[str], str]) -> list[House]:
    def down(name: str, trouble: str, page: str | Reply = "", **options: Any) -> House:
        return _house(name, "site_down", page, trouble=trouble, **options)

    bomb = gzip.compress(100 * MEGABYTE[:1024] * 1024, 9)
    packed = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    chain = {f"/{n}": to(f"/{n + 1}") for n in range(1, 12)}
    good = image(own("self-signed"))
    return [
        down("error", "status", Reply(b"", 500)),
        down("not-found", "status", Reply(b"", 404)),
        down("closed", "refused"),
        down("unknown", "no_address", website="http://unknown.nowhere.test/"),
        down("self-signed", "certificate", good, website="https://self-signed.town.test/"),
        down("wrong-name", "certificate", good, website="https://wrong-name.town.test/"),
        down("expired", "certificate", good, website="https://expired.town.test/"),
        down("loop", "redirects", to("/a"), more={"/a": to("/")}),
        down("chain", "redirects", to("/1"), more=chain),
        down("to-script", "redirects", to("javascript:alert(1)")),
        down("to-inside-number", "not_public", to("http://10.0.0.7/")),
        down("to-inside-name", "not_public", to("http://inside.town.test/")),
        down("to-here", "not_public", to("http://127.0.0.1/")),
        down("to-other-port", "not_public", to("http://to-other-port.town.test:22/")),
        down("inside", "not_public"),
        down("mixed", "not_public", image(own("mixed"))),
        down("hundred-megabytes", "too_large", Reply(MEGABYTE, endless=True)),
        down("gzip-bomb", "too_large", Reply(bomb, headers=packed)),
        down("no-gzip", "not_html", Reply(b"no gzip at all", headers=packed)),
        down("drip", "timeout", Reply(image(own("drip")).encode(), drip=True)),
        down("drip-head", "timeout", Reply(drip=True)),
        down("pdf", "not_html", Reply(b"%PDF-1.7", headers={"Content-Type": "application/pdf"})),
        down(
            "brotli",
            "not_html",
            Reply(b"\x0b\x02\x80", headers={"Content-Type": "text/html", "Content-Encoding": "br"}),
        ),
    ]


def _asking(own: Callable[[str], str]) -> list[House]:
    """Websites with a robots.txt."""

    def asking(name: str, state: str, robots: str | bytes | Reply, **options: Any) -> House:
        text = robots.encode() if isinstance(robots, str) else robots
        reply = (
            text if isinstance(text, Reply) else Reply(text, headers={"Content-Type": "text/plain"})
        )
        return _house(name, state, image(own(name)), more={"/robots.txt": reply}, **options)

    return [
        asking("robots-all", "not_allowed", "User-agent: *\nDisallow: /\n", visits=0),
        asking("robots-us", "not_allowed", "User-agent: DonationPortal\nDisallow: /\n", visits=0),
        asking("robots-error", "not_allowed", Reply(b"", 503), trouble="status", visits=0),
        asking(
            "robots-but-us",
            "present",
            "User-agent: *\nDisallow: /\n\nUser-agent: donationportal\nDisallow: /admin\n",
        ),
        asking("robots-broken", "present", bytes(range(256)) * 40),
        asking("robots-not-allowed", "present", Reply(b"", 403)),
    ]
