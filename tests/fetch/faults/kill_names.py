"""The datasets that the kill tests fetch."""

NAMES = ("regions", "rd-expenditure", "framework-projects")
