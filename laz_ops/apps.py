from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class LazOpsConfig(AppConfig):
    name = "laz_ops"
    default = True


class OpsAdminConfig(admin_apps.AdminConfig):
    """Django's stock admin behind our own login page, for admins only."""

    default = False
    verbose_name = "Back room"
    default_site = "laz_ops.admin_site.OpsAdminSite"
