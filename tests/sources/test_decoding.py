"""What is decoded of a stream when attention comes and goes: the same pictures, once each, whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from attending import (
    CODINGS,
    FPS,
    GOP_S,
    SMALL,
    AsCamera,
    Calm,
    Given,
    Recalling,
    Scripted,
    given,
    given_to,
    keys_only,
    taken,
)
from av.packet import Packet
from av.video.frame import VideoFrame

import films
from kitchenwatch.attention.camera import CameraAttention
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.model import Attentiveness
from kitchenwatch.picture import Image
from kitchenwatch.sources.decoding import Decoding
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.sources.stream import Opener, Stream, VideoPacket

MakeFilm = Callable[..., Path]
SECONDS = 5.0


@pytest.fixture(scope="module", params=CODINGS)
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds in each coding."""
    path = tmp_path_factory.mktemp("coded") / "film.mkv"
    return films.make_film(path, seconds=SECONDS, fps=FPS, gop=GOP_S, size=SMALL, **request.param)


class Counting(AsCamera):
    """Counts the packets that its decoder is fed."""

    fed = 0

    def decode(self, packet: VideoPacket | None) -> list[VideoFrame]:
        self.fed += packet is not None
        return super().decode(packet)


def reference(film: Path) -> dict[int, Image]:
    """All pictures by an undisturbed decoder."""
    with av.open(str(film)) as container:
        return {cast(int, picture.pts): cast(Image, picture.to_ndarray()) for picture in container.decode(video=0)}


def keys(film: Path) -> list[tuple[int, int]]:
    """Number and timestamp of each keyframe's packet."""
    with Stream(film) as stream:
        return [(n, packet.pts or 0) for n, packet in enumerate(stream.packets()) if packet.is_keyframe]


def assert_whole_and_once(found: list[Given], whole: dict[int, Image]) -> None:
    assert all(before.pts < after.pts for before, after in pairwise(found))
    torn = [one.pts for one in found if not np.array_equal(one.image, whole[one.pts])]
    assert not torn


def test_full_attention_gives_every_picture(film: Path) -> None:
    whole, found = reference(film), given(film, lambda number, key: True)
    assert_whole_and_once(found, whole)
    assert [one.pts for one in found] == sorted(whole)


def test_keyframes_alone_come_at_once(film: Path) -> None:
    found = given(film, keys_only)
    assert_whole_and_once(found, reference(film))
    assert [one.pts for one in found] == [pts for _, pts in keys(film)]
    # A decoder that reorders pictures is emptied when the next packet comes.
    late = [one.packet - number for one, (number, _) in zip(found, keys(film), strict=True)]
    assert max(late) <= 1


@pytest.mark.parametrize("turns", [60, 75, 99])
def test_turning_to_it_within_a_group_gives_all_since_its_keyframe(film: Path, turns: int) -> None:
    whole = reference(film)
    found = given(film, lambda number, key: key or number >= turns)
    assert_whole_and_once(found, whole)
    key = max(pts for number, pts in keys(film) if number <= turns)
    assert [one.pts for one in found if one.pts >= key] == sorted(pts for pts in whole if pts >= key)


@pytest.mark.parametrize("open_stream", [Stream, AsCamera])
@pytest.mark.parametrize("seed", range(3))
def test_however_attention_comes_and_goes_nothing_is_torn_or_given_twice(
    film: Path, seed: int, open_stream: Opener
) -> None:
    wanted = np.repeat(np.random.default_rng(seed).random(42) < 0.5, 3)
    found = given(film, lambda number, key: bool(wanted[number]), open_stream=open_stream)
    assert_whole_and_once(found, reference(film))
    assert len(found) > 30


def test_what_was_passed_over_is_recalled_before_the_keyframe_that_showed_it(film: Path) -> None:
    (_, begin), (_, end), (number, last) = keys(film)
    found, whole = given_to(Recalling({number / FPS}), film), reference(film)
    assert_whole_and_once(found, whole)
    expected = [begin, *(pts for pts in whole if end <= pts <= last and pts not in leading(film))]
    assert [one.pts for one in found] == sorted(expected)
    assert max(one.packet for one in found) <= number + 1


def test_every_group_recalled_is_the_whole_film_up_to_the_last_keyframe(film: Path) -> None:
    found, whole = given_to(Recalling({number / FPS for number, _ in keys(film)}), film), reference(film)
    assert_whole_and_once(found, whole)
    expected = {pts for pts in whole if pts <= keys(film)[-1][1]} - leading(film)
    assert {one.pts for one in found} == expected


def leading(film: Path) -> set[int]:
    """Timestamps of pictures that come after a keyframe and are shown before it: they build on the group before."""
    found, key = set[int](), 0
    with Stream(film) as stream:
        for packet in stream.packets():
            pts = packet.pts or 0
            key = pts if packet.is_keyframe else key
            found |= {pts} if pts < key else set()
    return found


def test_turning_away_and_back_within_a_group_decodes_no_picture_again(make_film: MakeFilm) -> None:
    film = make_film(seconds=2, fps=FPS, gop=GOP_S)
    found = given(film, lambda number, key: number < 10 or number >= 30)
    assert [one.packet for one in found if one.packet < 30] == list(range(10))
    assert [one.packet for one in found].count(30) == 21


def test_looks_within_a_group_come_soon_and_decode_no_picture_twice(film: Path) -> None:
    with Counting(film) as stream:
        decoding = Decoding(stream, Scripted(lambda number, key: key or number % 10 == 0))
        packets = list(stream.packets())
        found = [each for n, packet in enumerate(packets) for each in taken(n, decoding.pictures(packet, n / FPS))]
    assert stream.fed <= len(packets)
    assert_whole_and_once(found, reference(film))
    first = {one.pts: one.packet for one in found}
    wanted = {n: packet.pts for n, packet in enumerate(packets[:120]) if n % 10 == 0}
    assert max(first[pts or 0] - n for n, pts in wanted.items() if pts not in leading(film)) <= 4


@pytest.mark.parametrize("turns", [60, 75, 99])
def test_while_nobody_is_there_keyframes_are_glanced_at_and_later_pictures_are_whole(film: Path, turns: int) -> None:
    whole, found = reference(film), given_to(Calm(turns), film, open_stream=AsCamera)
    glanced = [pts for number, pts in keys(film) if number < turns]
    assert [one.pts for one in found[: len(glanced)]] == glanced
    assert_whole_and_once(found[len(glanced) :], whole)
    key = max(pts for number, pts in keys(film) if number <= turns)
    assert {one.pts for one in found} >= {pts for pts in whole if pts >= key}
    apart = [np.abs(one.image.astype(int) - whole[one.pts]).mean() for one in found[: len(glanced)]]
    assert max(apart) < 6


@pytest.mark.parametrize("turns", [60, 75, 99])
def test_while_people_are_only_watched_keyframes_are_decoded_alone_and_whole(film: Path, turns: int) -> None:
    whole, found = reference(film), given_to(Calm(turns, Attentiveness.WATCHING), film, open_stream=AsCamera)
    assert_whole_and_once(found, whole)
    key = max(pts for number, pts in keys(film) if number <= turns)
    assert {one.pts for one in found} == {pts for pts in whole if pts >= key} | {pts for _, pts in keys(film)}


@pytest.mark.parametrize("state", [Attentiveness.QUIET, Attentiveness.WATCHING])
def test_without_an_inquiry_a_camera_needs_no_decoder_that_lasts(film: Path, state: Attentiveness) -> None:
    with Counting(film) as stream:
        decoding = Decoding(stream, Calm(10_000, state))
        found = [each for n, packet in enumerate(stream.packets()) for each in decoding.pictures(packet, n / FPS)]
    assert [picture.pts for picture in found] == [pts for _, pts in keys(film)]
    assert stream.fed == 0


@pytest.mark.parametrize("b_frames", [0, 3])
def test_a_stream_without_a_second_keyframe_is_not_given_up(make_film: MakeFilm, b_frames: int) -> None:
    film = make_film(seconds=8, fps=FPS, gop=60, b_frames=b_frames)
    whole = reference(film)
    found = given(film, keys_only, kept_bytes=film.stat().st_size // 6)
    assert_whole_and_once(found, whole)
    assert len(found) > 0.7 * len(whole)
    assert len({one.packet for one in found}) < 10  # it was passed over in between, not decoded as it came


def test_what_was_let_go_of_is_no_harm_to_who_watches_all(make_film: MakeFilm) -> None:
    film = make_film(seconds=4, fps=FPS, gop=GOP_S, b_frames=3)
    found = given(film, lambda number, key: True, kept_bytes=2000)
    assert [one.pts for one in found] == sorted(reference(film))


def test_pictures_before_the_first_keyframe_are_left_out(make_film: MakeFilm) -> None:
    film = make_film(seconds=2, fps=FPS, gop=1)
    with Stream(film) as stream:
        decoding = Decoding(stream, Scripted(lambda number, key: True))
        packets = list(stream.packets())[10:]
        assert not [picture for packet in packets[:15] for picture in decoding.pictures(packet, 0.0)]
        assert not decoding.seeing
        (picture,) = decoding.pictures(packets[15], 1.0)
        assert picture.key_frame
        assert decoding.seeing


def test_passing_over_is_no_blindness_but_broken_keyframes_are(make_film: MakeFilm) -> None:
    with Stream(make_film(seconds=3, fps=FPS, gop=1)) as stream:
        decoding = Decoding(stream, Scripted(keys_only))
        seeing = []
        for number, packet in enumerate(stream.packets()):
            sent = broken(packet) if packet.is_keyframe and number else packet
            list(decoding.pictures(sent, number / FPS))
            seeing.append(decoding.seeing)
    assert seeing == [True] * 25 + [False] * 50
    assert stream.corrupt == 2


def broken(packet: VideoPacket) -> VideoPacket:
    """The same packet with nothing of use in it."""
    torn = cast(VideoPacket, Packet(bytes(packet)[:6] + bytes(packet.size)))
    torn.stream, torn.time_base = packet.stream, packet.time_base
    torn.pts, torn.dts, torn.is_keyframe = packet.pts, packet.dts, True
    return torn


def attentive(film: Path) -> FilmSource:
    return FilmSource("film", film, datetime(2026, 11, 1, 8, tzinfo=UTC), CameraAttention("film"))


def test_a_film_that_ends_between_keyframes_does_not_break_off(film: Path) -> None:
    assert [round(frame.t, 2) for frame in attentive(film).frames()] == [0, 2, 4]


def test_a_film_that_was_cut_off_breaks_off_where_it_does(film: Path, tmp_path: Path) -> None:
    cut = tmp_path / film.name
    cut.write_bytes(film.read_bytes()[: film.stat().st_size * 2 // 3])
    with pytest.raises(SourceUnreadable, match=r"breaks off at [23]\.\d s of 5\.0 s"):
        list(attentive(cut).frames())
