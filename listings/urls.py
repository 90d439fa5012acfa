from django.urls import path

from listings import views

urlpatterns = [
    path("templates/", views.templates, name="templates"),
    path("templates/<slug:group_key>/", views.template, name="template"),
    path("templates/<slug:group_key>/new/", views.line, name="template-line-new"),
    path("templates/<slug:group_key>/<ulid:pk>/", views.line, name="template-line"),
    path("templates/<slug:group_key>/<ulid:pk>/remove/", views.remove_line, name="template-line-remove"),
    path("templates/<slug:group_key>/<ulid:pk>/up/", views.move_line, {"direction": "up"}, name="template-line-up"),
    path(
        "templates/<slug:group_key>/<ulid:pk>/down/", views.move_line, {"direction": "down"}, name="template-line-down"
    ),
]
