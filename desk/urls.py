from django.urls import path

from desk import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("my/", views.my, name="my"),
    path("activities/<ulid:pk>/", views.task, {"kind": "activity"}, name="activity"),
    path("agent-tasks/<ulid:pk>/", views.task, {"kind": "agent_task"}, name="agent_task"),
    path("listings/<ulid:pk>/", views.listing, name="listing"),
    path("realtors/<ulid:pk>/", views.realtor, name="realtor"),
    path("staff/", views.people, name="staff"),
]
