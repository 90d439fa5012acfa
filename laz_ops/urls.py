"""The addresses of the house; each room lists its own."""

from django.contrib import admin
from django.urls import include, path, register_converter

from accounts.views import home
from common.converters import UlidConverter

register_converter(UlidConverter, "ulid")

urlpatterns = [
    path("", home, name="home"),
    path("", include("accounts.urls")),
    path("", include("desk.urls")),
    path("", include("listings.urls")),
    path("", include("tasks.urls")),
    path("", include("slackintake.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "laz_ops.errors.bad_request"
handler500 = "laz_ops.errors.server_error"
