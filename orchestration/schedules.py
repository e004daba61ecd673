"""Schedules: when jobs run. They stay stopped until someone starts them, since a schedule publishes."""

import dagster as dg

from orchestration.jobs import refresh

daily = dg.ScheduleDefinition(
    name="daily",
    job=refresh,
    cron_schedule="30 6 * * *",
    execution_timezone="Europe/Helsinki",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    run_config={"resources": {"workspace": {"config": {"fetch": True}}}},
    description="The job `refresh` every morning at 06:30 in Helsinki, the providers asked first.",
)
