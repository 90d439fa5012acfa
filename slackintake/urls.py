from django.urls import path

from slackintake import door

urlpatterns = [
    path("slack/events", door.events, name="slack-events"),
    path("slack/interactive", door.interactive, name="slack-interactive"),
]
