from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Requests, people, leads, routing."""

    name = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        from briefs import privacy_facts

        # Their models must be loaded first; conflicts says what is hidden behind walls.
        from intake import conflicts, staff_links, told_periods, undelivered  # noqa: F401
        from mail import news, subjects

        news.address_unreachable.connect(undelivered.ask_about_mark, dispatch_uid="intake")
        news.message_not_arrived.connect(undelivered.ask_about_message, dispatch_uid="intake")
        privacy_facts.tells(told_periods.periods)
        subjects.register("R-", staff_links.page_of_reference)
