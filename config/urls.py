"""Every address of Derisk."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularAPIView

from config import api_schema, favicon, health, metrics, problems, staff_login

handler400 = "config.error_pages.bad_request"
handler403 = "config.error_pages.not_allowed"
handler404 = "config.error_pages.not_found"
handler500 = "config.error_pages.fault"
urlpatterns: list[URLPattern | URLResolver] = [
    # Those whose answers are never kept come first: each pattern in front of one is tried at every request.
    path("api/v1/", include("intake.api.urls")),
    path("", include("intake.urls")),
    path("", include("briefs.urls")),
    path("p/", include("proposals.urls")),
    path("mail/", include("mail.urls")),
    path("api/v1/", include("briefs.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", api_schema.DocsView.as_view(url_name="schema"), name="api-docs"),
    re_path(r"^api/", csrf_exempt(problems.not_found)),
    path("favicon.ico", favicon.favicon, name="favicon"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("staff/login/", staff_login.login),
    path("staff/", admin.site.urls),
]
