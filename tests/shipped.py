"""What the program ships, counted from its files, so that a new dataset changes no test."""

from assets.overlay import packaged_schemas


def shipped_names() -> list[str]:
    """The names of all shipped datasets, sorted."""
    return sorted(path.stem for path in (packaged_schemas() / "datasets").glob("*.yaml"))
