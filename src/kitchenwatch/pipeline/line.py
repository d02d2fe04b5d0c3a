"""One camera's whole story, a step a frame: health, people, tracks, looks, rules, evidence."""

from kitchenwatch.model import Change, Detections, Frame, Look, Track
from kitchenwatch.ports import FrameLook, HealthLog, Judge, PersonLook, PictureHealth, Recorder, Tracker


class CameraLine:
    """Takes one camera's frames in order; knows nothing of threads, files or where frames come from.

    Live cameras, replayed films and benchmarks all run this same code.
    """

    def __init__(
        self,
        *,
        picture: PictureHealth,
        health: HealthLog,
        people: FrameLook,
        tracker: Tracker,
        person: PersonLook,
        judge: Judge,
        recorder: Recorder,
    ) -> None:
        self._picture, self._health = picture, health
        self._people, self._tracker, self._person = people, tracker, person
        self._judge, self._recorder = judge, recorder
        self._last: Frame | None = None

    def step(self, frame: Frame) -> list[Change]:
        """See, weigh and record one frame; returns what changed among the violations."""
        self._last = frame
        for change in self._picture.observe(frame):
            self._health.record(change)
        tracks, looks = self._see(frame)
        sightings = [sighting for look in looks for sighting in look.sightings]
        changes = self._judge.step(frame, tracks, sightings)
        self._recorder.step(frame, tracks, looks, changes)
        return changes

    def finish(self) -> list[Change]:
        """The footage is over: close and write what is still owed."""
        if self._last is None:
            return []
        changes = self._judge.finish(self._last.t, self._last.at)
        self._recorder.finish(changes)
        return changes

    def _see(self, frame: Frame) -> tuple[list[Track], list[Look]]:
        # A blind camera proves nothing either way, so its tracks just age.
        people = Detections.none() if self._picture.blind else self._people.people(frame)
        tracks = self._tracker.update(frame.t, people)
        return tracks, self._person.look(frame, tracks) if tracks else []
