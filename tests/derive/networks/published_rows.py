"""What picks the network of Horizon Europe's projects from the rows of published tables."""

HORIZON = {"register": "framework-projects", "framework_programme": "HORIZON", "window": "all"}
