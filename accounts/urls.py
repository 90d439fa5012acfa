from django.urls import path

from accounts import view_views, views

urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("me/", views.me, name="me"),
    path("views/", view_views.save, name="view-save"),
    path("views/<ulid:pk>/", view_views.change, name="view-change"),
    path("me/sessions/end/", views.end_session, name="session-end"),
    path("me/theme/", views.theme, name="theme"),
]
