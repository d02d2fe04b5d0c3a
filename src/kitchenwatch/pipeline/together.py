"""Stories of several cameras told side by side, so that what they want looked at is looked at in one go."""

from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kitchenwatch.model import Change, Frame, Scene
from kitchenwatch.ports import FrameLook, PersonLook

Story: TypeAlias = Generator[Frame | Scene, Any, list[Change]]
"""How a line takes one frame. For a `Frame` that it yields it is sent the `Detections` of people there, for a `Scene`
the list of `Look`s at them; at its end it tells what changed among the violations."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Who looks for a line; lines with the same two are looked for together."""

    people: FrameLook
    person: PersonLook


@dataclass(slots=True, eq=False)
class Telling:
    """A story under way.

    Attributes:
        wish: what it wants looked at before it goes on.
        changes: what it told at its end.
        failure: what broke it off, if anything did.
    """

    looks: Looks
    story: Story
    wish: Frame | Scene | None = None
    changes: list[Change] = field(default_factory=list)
    failure: Exception | None = None

    def go_on(self, answer: Any = None) -> None:
        """To its next wish or its end; an exception for an answer is raised where the wish was made."""
        self.wish = None
        try:
            throws = isinstance(answer, Exception)
            self.wish = self.story.throw(answer) if throws else self.story.send(answer)
        except StopIteration as end:
            self.changes = end.value
        except Exception as failure:  # noqa: BLE001 - a supervisor: the others go on, and whoever began it is told
            self.failure = failure


def tell(tellings: Sequence[Telling]) -> None:
    """All to their ends; whoever fails does so alone."""
    for telling in tellings:
        telling.go_on()
    while waiting := [telling for telling in tellings if telling.wish is not None]:
        # Look 1 for all who want it before look 2 for any, so that look 2 of all can be one batch as well.
        first = [telling for telling in waiting if isinstance(telling.wish, Frame)]
        for group in _alike(first or waiting):
            looks = group[0].looks
            look: Callable[[list[Any]], Sequence[Any]] = looks.people.people if first else looks.person.look
            for telling, answer in zip(group, _answers(look, [each.wish for each in group]), strict=True):
                telling.go_on(answer)


def _alike(tellings: Sequence[Telling]) -> list[list[Telling]]:
    groups: dict[Looks, list[Telling]] = defaultdict(list)
    for telling in tellings:
        groups[telling.looks].append(telling)
    return list(groups.values())


def _answers(look: Callable[[list[Any]], Sequence[Any]], wishes: list[Any]) -> Sequence[Any]:
    """An answer to each wish: if looking at all of them fails, each is looked at alone, to find whose fault it is."""
    try:
        return look(wishes)
    except Exception as failure:  # noqa: BLE001 - a supervisor: it is raised in the story that it belongs to
        if len(wishes) == 1:
            return [failure]
        return [answer for wish in wishes for answer in _answers(look, [wish])]
