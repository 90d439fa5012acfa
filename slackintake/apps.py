from django.apps import AppConfig


class SlackintakeConfig(AppConfig):
    name = "slackintake"
    verbose_name = "Slack"

    def ready(self) -> None:
        from slackintake import receivers  # noqa: F401  registers them
