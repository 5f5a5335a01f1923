"""The door for web servers, with a department's settings unless the operator chose others."""

from django.core.wsgi import get_wsgi_application

from portal.settings import env

env.use_settings("portal.settings.production")

application = get_wsgi_application()
