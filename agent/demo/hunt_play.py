"""Plays a story into the embedded mailbox, step by step, and says what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.demo.clock import MovableClock
from agent.demo.hunt import Act, Step, Story
from agent.demo.hunt_letters import Person, letter
from agent.demo.mailbox import Mailbox
from agent.demo.records import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One step as it was carried out; `subject`, `to` and `thread_id` are those of the letter or draft it was about.

    `missed`: the user looked for a draft in the thread and there was none.
    """

    step: Step
    subject: str
    to: str
    thread_id: str
    missed: bool = False


class Hunt:
    """A story under way: what has not happened yet waits for its time."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.clock = MovableClock(story.turns[0])
        self.mailbox = Mailbox(story.address, name=story.name, clock=self.clock)
        self._me = Person(story.name, story.address)
        self._done = 0

    def until(self, at: datetime) -> Iterator[Happening]:
        """Carry out every step whose time has come, then move the clock to `at`."""
        while self._done < len(self.story.steps) and (step := self.story.steps[self._done]).at <= at:
            self._done += 1
            self.clock.set(step.at)
            yield self._do(step)
        self.clock.set(at)

    def _do(self, step: Step) -> Happening:
        match step.act:
            case Act.MAIL | Act.MINE:
                return self._deliver(step)
            case Act.SEND | Act.EDIT | Act.DISCARD:
                return self._handle(step)

    def _deliver(self, step: Step) -> Happening:
        other, mine = Person.read(step.person), step.act is Act.MINE
        sender, to = (self._me, other) if mine else (other, self._me)
        raw = letter(step, sender, to, self._letters_in(step.thread), number=self._done)
        labels = ("SENT",) if mine else step.labels
        made = self.mailbox.deliver(raw, labels=labels, thread_key=step.thread, at=step.at)
        stored = self.mailbox.ledger.message(made)
        return _happening(step, stored)

    def _handle(self, step: Step) -> Happening:
        drafts = self._drafts_meant(step)
        if not drafts:
            return Happening(step=step, subject="", to="", thread_id="", missed=True)
        held = self.mailbox.message_of(drafts[-1])
        match step.act:
            case Act.SEND:
                self.mailbox.send_draft(drafts[-1], step.at)
            case Act.EDIT:
                self.mailbox.edit_draft(drafts[-1], append=step.append, at=step.at)
            case _:
                self.mailbox.discard_draft(drafts[-1])
        return _happening(step, held)

    def _drafts_meant(self, step: Step) -> list[str]:
        """The draft to that address, else those that lie in the step's thread."""
        if not step.draft_to:
            return self.mailbox.drafts_in(self.mailbox.thread_of(step.thread))
        held = self.mailbox.ledger.drafts
        return [one for one in held if step.draft_to in self.mailbox.message_of(one).mail.header("To")]

    def _letters_in(self, thread: str) -> list[Stored]:
        """The letters of a thread so far, drafts apart."""
        try:
            held = self.mailbox.ledger.thread(self.mailbox.thread_of(thread))
        except LookupError:
            return []
        return [stored for stored in held if "DRAFT" not in stored.labels]


def _happening(step: Step, about: Stored) -> Happening:
    header = about.mail.header
    return Happening(step=step, subject=header("Subject"), to=header("To"), thread_id=about.thread_id)
