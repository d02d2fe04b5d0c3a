"""One camera's whole story, a step a frame: health, people, tracks, looks, rules, evidence."""

from datetime import datetime

from kitchenwatch.model import Attentiveness, Change, Detections, Frame, Look, Scene, Track
from kitchenwatch.pipeline.together import Looks, Story, Telling, tell
from kitchenwatch.ports import Attention, FrameLook, HealthLog, Judge, PersonLook, PictureHealth, Recorder, Tracker


class CameraLine:
    """Takes one camera's frames in order; knows nothing of threads, files or where frames come from.

    Live cameras, replayed films and benchmarks all run this same code.
    """

    def __init__(
        self,
        *,
        picture: PictureHealth,
        health: HealthLog,
        attention: Attention,
        people: FrameLook,
        tracker: Tracker,
        person: PersonLook,
        judge: Judge,
        recorder: Recorder,
    ) -> None:
        self._picture, self._health = picture, health
        self._attention = attention
        self._looks, self._tracker = Looks(people, person), tracker
        self._judge, self._recorder = judge, recorder
        self._last: tuple[float, datetime] | None = None  # when: the picture itself is let go of

    @property
    def attentiveness(self) -> Attentiveness:
        """How closely the camera is looked at now."""
        return self._attention.state

    def late(self, seconds: float) -> None:
        """A frame has waited so long to be stepped."""
        self._attention.late(seconds)

    def step(self, frame: Frame) -> list[Change]:
        """See, weigh and record one frame; returns what changed among the violations."""
        telling = self.telling(frame)
        tell([telling])
        if telling.failure:
            raise telling.failure
        return telling.changes

    def telling(self, frame: Frame) -> Telling:
        """The same step, to be taken together with those of other cameras; it begins when it is told."""
        return Telling(self._looks, self._story(frame))

    def finish(self) -> list[Change]:
        """The footage is over: close and write what is still owed."""
        if self._last is None:
            return []
        changes = self._judge.finish(*self._last)
        self._recorder.finish(changes)
        return changes

    def _story(self, frame: Frame) -> Story:
        self._last = frame.t, frame.at
        for change in self._picture.observe(frame):
            self._health.record(change)
        tracks: list[Track] = []
        looks: list[Look] = []
        if searched := self._attention.searches(frame):
            # A blind camera proves nothing either way, so its tracks just age.
            people: Detections = Detections.none() if self._picture.blind else (yield frame)
            tracks = self._tracker.update(frame.t, people)
            chosen = self._attention.chooses(frame.t, tracks)
            looks = (yield Scene(frame, tuple(tracks), tuple(chosen))) if chosen else []
        sightings = [sighting for look in looks for sighting in look.sightings]
        changes = self._judge.step(frame, tracks, sightings)
        if searched:
            self._attention.learn(frame, tracks, self._judge.undecided)
        self._recorder.step(frame, tracks, looks, changes)
        return changes
