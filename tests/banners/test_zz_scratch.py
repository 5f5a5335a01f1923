import os
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="1"
import pytest
from datetime import timedelta
from django.utils import timezone
from registration.banners.models import DayClicks
from registration.outbox.models import MailboxItem, MailboxFile
from tests import factories
@pytest.mark.django_db(transaction=True)
def test_look(live_server, reference, ayse, administrator, client, settings):
    settings.EMAIL_BACKEND="registration.outbox.mailbox.MailboxBackend"
    today=timezone.now().date()
    for i in range(30):
        DayClicks.objects.create(placement=reference.placement, day=today-timedelta(days=i), count=(i*37)%23+i%5)
    factories.PlacementFactory(banner=reference.banner, unit=reference.hospital, size="300x250", language="tr")
    from django.template.loader import render_to_string
    from django.template import Engine, Context
    html=Engine.get_default().from_string('{% extends "outbox/base.html" %}{% block body %}<h1>Đã nhận đơn đăng ký</h1><p class="lead">Cảm ơn bạn</p><p><a class="button" href="http://localhost/vi/">Xác nhận</a></p><p class="reference">7KQM-2XHT</p>{% endblock %}').render(Context({}))
    it=MailboxItem.objects.create(channel="email",recipient="linh@example.org",subject="Đã nhận đơn đăng ký hiến tặng",text="Xin chào,\n\nHãy xác nhận: http://testserver/vi/pledge/confirm/abc/\n\nCảm ơn.",html=html)
    MailboxFile.objects.create(item=it,name="tổng hợp.pdf",content_type="application/pdf",content=b"x")
    MailboxItem.objects.create(channel="sms",recipient="+84900000001",text="Ma xac nhan 4711")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox"])
        for who,pages in ((ayse,[("banner","/desk/banner/")]),(administrator,[("inbox","/desk/mailbox/"),("letter",f"/desk/mailbox/{it.pk}/")])):
            client.force_login(who)
            cookie=client.cookies[settings.SESSION_COOKIE_NAME].value
            for width in (1200,360):
                c=b.new_context(viewport={"width":width,"height":900})
                c.add_cookies([{"name":settings.SESSION_COOKIE_NAME,"value":cookie,"url":live_server.url}])
                page=c.new_page()
                page.on("console",lambda m: print("CONSOLE",m.text))
                for name,path in pages:
                    page.goto(live_server.url+path); page.wait_for_timeout(400)
                    page.screenshot(path=f"/tmp/bn/{name}-{width}.png",full_page=True)
                    try:
                        from axe_playwright_python.sync_playwright import Axe
                        r=Axe().run(page); print(name,width,"axe",r.violations_count, [v["id"] for v in r.response["violations"]])
                    except Exception as e: print("axe",e)
                    print(name,width,"overflow",page.evaluate("document.documentElement.scrollWidth>innerWidth"))
                if name=="letter":
                    f=page.frames[1]; print("frame bg", f.evaluate("getComputedStyle(document.querySelector('.head')).backgroundColor"))
        b.close()
