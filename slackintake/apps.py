from django.apps import AppConfig


class SlackintakeConfig(AppConfig):
    name = "slackintake"
