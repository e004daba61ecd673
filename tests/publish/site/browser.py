"""Chromium without a screen, looking at the pages of a tree."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

SEE = """document.addEventListener("securitypolicyviolation",
  (event) => console.error(`stopped ${event.violatedDirective}: ${event.blockedURI}`))"""


QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A page of the browser, and what happened in it that nobody may see."""

    page: Any
    said: list[str] = field(default_factory=list)  # errors of the console, among them what the policy stopped
    asked: list[str] = field(default_factory=list)  # addresses

    def __post_init__(self) -> None:
        self.page.add_init_script(SEE)
        self.page.on(
            "console", lambda told: self.said.append(told.text) if told.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on(
            "dialog", lambda dialog: (self.said.append(f"dialog {dialog.message}"), dialog.dismiss())
        )
        self.page.on("request", lambda request: self.asked.append(request.url))


@contextmanager
def looking(browser: Any, width: int = 1280, **settings: Any) -> Iterator[Watched]:
    """A page in a fresh context of the browser; `settings` are playwright's."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **settings)
    try:
        yield Watched(context.new_page())
    finally:
        context.close()
