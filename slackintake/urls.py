from django.urls import path

from slackintake import bulk_views, door, views

urlpatterns = [
    path("slack/events", door.events, name="slack-events"),
    path("slack/interactive", door.interactive, name="slack-interactive"),
    path("slack/bulk/", bulk_views.bulk, name="slack-bulk"),
    path("slack/<ulid:pk>/", views.message, name="slack-message"),
    path("slack/<ulid:pk>/make/", views.make, name="slack-make"),
    path("slack/<ulid:pk>/besides/", views.besides, name="slack-besides"),
    path("slack/<ulid:pk>/change/", views.change, name="slack-change"),
    path("slack/<ulid:pk>/attach/", views.attach, name="slack-attach"),
    path("slack/<ulid:pk>/accept/", views.accept, name="slack-accept"),
    path("slack/<ulid:pk>/ignore/", views.ignore, name="slack-ignore"),
    path("slack/readings/", views.readings, name="slack-readings"),
    path("slack/<ulid:pk>/link/", views.link, name="slack-link"),
    path("listings/<ulid:pk>/was-none/", views.was_none, {"kind": "listing"}, name="listing-was-none"),
    path("activities/<ulid:pk>/was-none/", views.was_none, {"kind": "activity"}, name="activity-was-none"),
    path("agent-tasks/<ulid:pk>/was-none/", views.was_none, {"kind": "agent_task"}, name="agent_task-was-none"),
    path("slack/<ulid:pk>/ask/", views.ask, name="slack-ask"),
    path("slack/<ulid:pk>/makes/", views.makes, name="slack-makes"),
    *(
        path(f"slack/<ulid:pk>/{verb}/", views.admins_verb, {"verb": verb}, name=f"slack-{verb}")
        for verb in views.ADMINS_VERBS
    ),
]
