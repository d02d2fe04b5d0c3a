"""Why a photo is not taken in."""

from enum import StrEnum

from kitchenwatch.errors import Invalid


class Unfit(StrEnum):
    """What is wrong with what was sent."""

    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"
    CARRIES_MORE = "carries_more"


WORDS = {
    Unfit.NOT_A_PICTURE: "this is no JPEG, PNG or WebP picture, whatever its name says -> take a new photo",
    Unfit.TOO_LARGE: "this file has more than 15 MB -> send a smaller one",
    Unfit.TOO_MANY_PIXELS: "this picture has more than 50 million pixels -> send a smaller one",
    Unfit.BROKEN: "this picture is cut off or damaged -> send it again, or take a new one",
    Unfit.CARRIES_MORE: "this picture carries a web page, a document or an archive with it -> take a new photo",
}


class PhotoRefused(Invalid):
    """A photo is not taken in; `unfit` says why."""

    def __init__(self, unfit: Unfit) -> None:
        self.unfit = unfit
        super().__init__(WORDS[unfit])
