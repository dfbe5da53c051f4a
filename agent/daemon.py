"""The metronome: a turn every so often, at once when asked, never two at a time, and a clean end within two seconds.

APScheduler beats in a thread of its own and only says "now"; the main thread owns signals, the watchdog, the exit
status and the turn itself. So a signal can end a turn in mid-request: the exception unwinds it, open transactions roll
back, and an intent whose answer was lost is settled by the next start.
"""

from __future__ import annotations

import gc
import logging
import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING

from agent.errors import AgentError, AuthError, Busy, ConfigError, GmailError, QuotaExhausted, UserError

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger("agent")

TICK_SECONDS = (
    15.0  # how long the main thread sleeps at most: clock jumps and the watchdog are seen this often
)
JUMP = timedelta(seconds=30)  # wall against monotonic time: more than this is a jump, or a night's sleep
LONGEST_BACK_OFF = timedelta(hours=1)
JITTER = 0.1
STEERING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


Bell = SimpleQueue[
    None
]  # not an Event: a signal's answer that rings it may have interrupted whoever holds an Event's lock


def rest(bell: Bell, seconds: float) -> None:
    """Until it rings, and at most for so long."""
    with suppress(Empty):
        bell.get(timeout=seconds)


class Stop(BaseException):
    """SIGTERM or SIGINT arrived: unwind whatever the turn is doing. Not an Exception, so that nobody swallows it."""


@dataclass(frozen=True, slots=True)
class Turned:
    """What a turn reports to the metronome: one line for the log, and when its answer changes by itself.

    ``read``: it read or thought, not only asked; ``more``: it left some of that to the next turn.
    """

    line: str
    wake_at: datetime | None = None
    read: bool = False
    more: bool = False


@dataclass(slots=True)
class Notifier:
    """sd_notify(3): one datagram a state, silent where no service manager listens.

    ``hide``: takes out of a state what the machine's other users may not read in ``systemctl status``.
    """

    environ: Mapping[str, str]
    hide: Callable[[str], str] = str

    def __call__(self, *lines: str) -> None:
        address = self.environ.get("NOTIFY_SOCKET", "")
        if not address:
            return
        name = "\0" + address[1:] if address.startswith("@") else address
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            try:
                channel.sendto(self.hide("\n".join(lines)).encode(), name)
            except OSError as error:
                log.warning("the service manager cannot be told anything (%s)", error.strerror)

    @property
    def watchdog(self) -> bool:
        """True if the service manager wants signs of life from this process."""
        pid = self.environ.get("WATCHDOG_PID", "")
        return bool(self.environ.get("WATCHDOG_USEC")) and pid in {"", str(os.getpid())}

    @property
    def pause(self) -> float:
        """The longest silence in seconds: half of what the service manager bears (sd_watchdog_enabled(3))."""
        usec = self.environ.get("WATCHDOG_USEC", "") if self.watchdog else ""
        return min(TICK_SECONDS, int(usec) / 2_000_000) if usec.isdecimal() else TICK_SECONDS


@dataclass(slots=True)
class Daemon:
    """Runs ``turn`` until told to stop; ``run`` returns the exit status.

    ``turn``: one turn, its errors from ``agent.errors``. ``reload``: read the configuration again (ConfigError: the old
    one is kept); returns the new interval in seconds. ``may_renew``: asked at rest after turns that read; if it agrees,
    ``run`` returns with ``renewing`` set and the signals held back, for a fresh process to take over. ``diagnose``: asked
    after an unforeseen error for what may be behind it.
    """

    turn: Callable[[], Turned]
    reload: Callable[[], float]
    poll_seconds: float
    notify: Notifier
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[Bell, float], object] = rest
    may_renew: Callable[[], bool] = bool
    diagnose: Callable[[], AgentError | None] = lambda: None
    woken: Bell = field(default_factory=SimpleQueue)
    asked: bool = False
    stopping: bool = False
    reloading: bool = False
    renewing: bool = False
    grown: bool = False
    unfinished: bool = False
    failures: int = 0
    complaint: str = ""
    not_before: datetime | None = None
    wake_at: datetime | None = None

    def run(self) -> int:
        """Until SIGTERM or SIGINT (0), a revoked token (77) or a wrong configuration (78)."""
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        self.stopping = self.renewing = False
        with self._signals():
            try:
                signal.pthread_sigmask(
                    signal.SIG_UNBLOCK, STEERING
                )  # what a process before this one held back
                self._arm(scheduler)
                scheduler.start()
                self.beat()
                self.notify("READY=1", "STATUS=started")
                self._loop(scheduler)
                if self.renewing:
                    self._hold_back(scheduler)
            except Stop:
                self.renewing = False
                log.info("stopping")
            except (AuthError, ConfigError) as error:
                log.error("%s", _remedy(error))  # noqa: TRY400 (not our traceback)
                self.notify(f"STATUS={error}", f"ERRNO={error.exit_status}")
                return error.exit_status
            finally:
                self.stopping = True  # a signal from here on changes nothing
                if not self.renewing:
                    self._end(scheduler)
        return 0

    def beat(self) -> None:
        """A turn is wanted; called from any thread. Any number of beats before it are one."""
        self.asked = True
        self.woken.put(None)

    def sign_of_life(self) -> None:
        """Fed from real points of progress only: each page, each message, each idle tick."""
        if self.notify.watchdog:
            self.notify("WATCHDOG=1")

    def sleep(self, seconds: float) -> None:
        """A pause inside a turn that keeps the watchdog fed and that a signal can end."""
        until = self.monotonic() + seconds
        while (left := until - self.monotonic()) > 0:
            self.sign_of_life()
            time.sleep(min(left, self.notify.pause))

    def _end(self, scheduler: BackgroundScheduler) -> None:
        self.notify("STOPPING=1")
        if scheduler.running:
            scheduler.shutdown(wait=False)
        gc.freeze()  # the end of the interpreter need not count what the end of the process frees anyhow

    def _hold_back(self, scheduler: BackgroundScheduler) -> None:
        """Keep signals for the fresh process: the mask and what waits behind it outlive execve(2). May raise Stop."""
        scheduler.shutdown()  # and wait for its threads: a signal that reached one of them would be lost
        signal.pthread_sigmask(signal.SIG_BLOCK, STEERING)  # one that came before is answered in here
        if self.reloading:
            os.kill(os.getpid(), signal.SIGHUP)

    # ── the loop ──

    def _arm(self, scheduler: object) -> None:
        """(Re-)arm the metronome: an interval in UTC, with some jitter so that not everybody knocks at once."""
        from apscheduler.triggers.interval import IntervalTrigger

        trigger = IntervalTrigger(
            seconds=max(int(self.poll_seconds), 1),
            timezone=UTC,
            jitter=int(self.poll_seconds * JITTER) or None,
        )
        scheduler.add_job(self.beat, trigger, id="beat", replace_existing=True)  # type: ignore[attr-defined]  # APScheduler has no types

    def _loop(self, scheduler: object) -> None:
        wall, mono = self.clock(), self.monotonic()
        while not self.stopping:
            self.sign_of_life()
            self.wait(self.woken, min(self.notify.pause, self.poll_seconds))
            while not self.woken.empty():
                self.woken.get()  # before the wishes are read: one that comes later wakes the next round
            wall, mono = self._mind_the_clock(scheduler, wall, mono)
            if self.reloading:
                self._reload(scheduler)
            if self._is_due():
                self.asked, self.wake_at = False, None
                self._turn()
            elif self._is_at_rest() and self.may_renew():
                self.renewing = True
                return

    def _is_due(self) -> bool:
        now = self.clock()
        if self.not_before is not None and now < self.not_before:
            return False
        return self.asked or (self.wake_at is not None and now >= self.wake_at)

    def _is_at_rest(self) -> bool:
        """Something was loaded that waiting does not need, no mail is left to the next turn, and nothing is wrong."""
        return self.grown and not self.unfinished and not self.complaint

    def _mind_the_clock(self, scheduler: object, wall: datetime, mono: float) -> tuple[datetime, float]:
        """After a jump (suspend, a clock that was set) the metronome would sleep on: re-base it and turn at once."""
        new_wall, new_mono = self.clock(), self.monotonic()
        jump = (new_wall - wall) - timedelta(seconds=new_mono - mono)
        if abs(jump) > JUMP:
            log.info("clock jump of %d s", jump.total_seconds())
            self.not_before = None
            self._arm(scheduler)
            self.beat()
        return new_wall, new_mono

    def _turn(self) -> None:
        try:
            turned = self.turn()
        except (AuthError, ConfigError):
            raise
        except Busy:
            log.info("another turn is running; waiting for the next beat")
        except GmailError as error:
            self._back_off(error)
        except AgentError as error:
            self._complain(f"the turn failed: {error}")
        except Exception as error:  # noqa: BLE001 (the second of two places that catch broadly: a bug must not end the service)
            damage = self.diagnose()
            self._complain(
                f"the turn failed: {damage}"
                if damage
                else f"the turn failed unexpectedly: {type(error).__name__} at {_place(error)}"
            )
        else:
            self._went_well(turned)

    def _went_well(self, turned: Turned) -> None:
        if self.complaint:
            log.info("it works again")
        self.failures, self.not_before, self.complaint = 0, None, ""
        # an instant that has passed already would turn without end
        self.wake_at = turned.wake_at if turned.wake_at and turned.wake_at > self.clock() else None
        self.grown, self.unfinished = self.grown or turned.read, turned.more
        log.info("%s", turned.line)
        self.notify(f"STATUS={turned.line}")

    def _complain(self, text: str) -> None:
        """Said once until it works again or goes wrong in another way; the status always says it. No traceback: it may quote mail."""
        self.grown = True  # who knows how far it came
        log.log(logging.DEBUG if text == self.complaint else logging.WARNING, "%s", text)
        self.notify(f"STATUS={text}")
        self.complaint = text

    def _back_off(self, error: GmailError) -> None:
        """Quiet while Gmail or the network is away: said once, then ever longer pauses."""
        self.failures += 1
        jitter = 1 + random.random() * JITTER  # noqa: S311 (not a secret)
        wait = timedelta(seconds=min(self.poll_seconds, 60) * 2 ** min(self.failures - 1, 10) * jitter)
        if isinstance(error, QuotaExhausted) and error.retry_after_seconds:
            wait = max(wait, timedelta(seconds=error.retry_after_seconds))
        self.not_before = self.clock() + min(wait, LONGEST_BACK_OFF)
        self.asked = True
        self._complain(str(error))
        self.notify(f"STATUS=Gmail is away ({type(error).__name__}), next try {self.not_before:%H:%M:%S} UTC")

    # ── signals ──

    @contextmanager
    def _signals(self) -> Iterator[None]:
        handlers: dict[signal.Signals, Callable[[int, FrameType | None], None]] = {
            signal.SIGTERM: self._on_stop,
            signal.SIGINT: self._on_stop,
            signal.SIGHUP: self._on_reload,
            signal.SIGUSR1: self._on_turn_now,
        }
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self.stopping:
            self.stopping = True
            raise Stop

    def _on_reload(self, _number: int, _frame: FrameType | None) -> None:
        self.reloading = True
        self.woken.put(None)

    def _on_turn_now(self, _number: int, _frame: FrameType | None) -> None:
        self.not_before = None
        self.beat()

    def _reload(self, scheduler: object) -> None:
        self.reloading = False
        self.notify("RELOADING=1", f"MONOTONIC_USEC={int(self.monotonic() * 1_000_000)}")
        try:
            self.poll_seconds = self.reload()
        except ConfigError as error:
            said = f"the new configuration is wrong and the old one stays: {_remedy(error)}"
            log.error("%s", said)  # noqa: TRY400 (the user's remedy, not our traceback)
        else:
            self._arm(scheduler)
            said = "configuration read again"
            log.info(said)
        self.notify("READY=1", f"STATUS={said}")


def _remedy(error: UserError) -> str:
    """The message and every problem with what to do about it, on one line."""
    return "; ".join((str(error), *error.problems))


def _place(error: Exception) -> str:
    """File and line where it happened, no words of it: they may quote mail."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
