"""How many examples hypothesis tries: a quarter in the plain run, all where slow tests are asked for."""

from hypothesis import settings

PLAIN, WHOLE = "plain", "whole"  # profiles, of which conftest loads one before tests are collected


def register_profiles() -> None:
    """The two differ in their name alone: what a test states goes before a profile."""
    settings.register_profile(PLAIN)
    settings.register_profile(WHOLE)


def examples(whole: int) -> int:
    """The number for `max_examples` of a test that the fixture `extent` makes a plain and a slow one."""
    return max(whole // 4, 3) if settings.get_current_profile_name() == PLAIN else whole
