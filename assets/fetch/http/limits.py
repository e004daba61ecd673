"""How fast a provider may be asked: calls per window, shared by all threads of a run.

Counting and waiting belongs here. Which limits a provider has belongs to `providers`, or is read from the
server by its connector.
"""

import threading
import time
from collections import deque
from collections.abc import Callable


class RateLimit:
    """At most `calls` begin in any `seconds`; a pause holds back everybody.

    `clock` and `sleep` are replaced in tests.
    """

    def __init__(
        self,
        calls: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._calls, self._seconds = max(1, calls), seconds
        self._clock, self._sleep = clock, sleep
        self._begun: deque[float] = deque()
        self._not_before = 0.0
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """The length of the window, which is also how long to wait after "too many calls"."""
        return self._seconds

    def change(self, calls: int, seconds: float) -> None:
        """Takes the limits that the server has given; calls already made count."""
        with self._lock:
            self._calls, self._seconds = max(1, calls), max(0.0, seconds)

    def wait(self, sleep: Callable[[float], None] | None = None) -> None:
        """Returns when one more call may begin, and counts it. `sleep` may raise where it takes too long."""
        while (seconds := self._try()) > 0:
            (sleep or self._sleep)(seconds)

    def pause(self, seconds: float) -> None:
        """No call begins for so long."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + seconds)

    def _try(self) -> float:
        """0 where the call may begin now (it is counted then), else the seconds until it is worth asking."""
        with self._lock:
            now = self._clock()
            while self._begun and now - self._begun[0] >= self._seconds:
                self._begun.popleft()
            if now < self._not_before:
                return self._not_before - now
            if len(self._begun) >= self._calls:
                return max(self._begun[0] + self._seconds - now, 0.001)
            self._begun.append(now)
            return 0.0
