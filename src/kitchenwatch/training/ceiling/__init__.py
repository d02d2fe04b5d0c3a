"""Makes a ceiling-camera version of a dataset: its pictures, small and oblique, on frames of 1920 × 1080.

No dataset that may be used shows kitchens from the ceiling. What comes out is an imitation and is called so wherever
figures are given: heads are as small, as blurred and as coarsely compressed as there, but they are not seen from as
high, and the room around them is drawn.

`tile` makes a picture small, `oblique` tilts it, `shelves` says where it stands, `room` paints what is behind,
`camera` is what happens to the light until the picture arrives, `h264` the last part of that, `run` makes the dataset.
"""
