from django.contrib.auth.views import LoginView
from django.urls import path

from bench.floor.views import tasks

urlpatterns = [
    path("", tasks),
    path("login/", LoginView.as_view(template_name="login.html")),
]
