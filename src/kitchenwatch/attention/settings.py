"""How attention is paid: every figure with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AttentionSettings:
    """All `_s` in seconds of media time.

    Attributes:
        quiet_s, watching_s, inquiring_s: looks at a camera are at least so far apart in each state. Keyframes are
            usually 1 to 2 s apart; and 2.5 looks a second give an inquiry 97 % of the evidence of 5, because looks
            close together say the same thing twice (`weight`).
        suspecting_s: the same in an inquiry while the evidence is faint: a look a second gives three quarters of the
            evidence, and decoding up to the middle between keyframes half of its price.
        recheck_s: people are looked for at least so often even where nothing has changed.
        linger_s: so long after somebody was last seen a camera is still watched.
        long_s: keyframes further apart than this are too rare to follow anybody by: trackers forget in 3 s.
        patience, brief, faint: nobody is inquired into for more independent looks than `patience`, about one a second,
            nor for more than `brief` while the evidence is below the share `faint` of the threshold; what is not
            decided then is left to rest for `rest_s`.
        slight: nobody is inquired into for less than this share: one look at a keyframe says as much of a cigarette.
        calm_s: an inquiry goes on for so long after the last doubt.
        calm_stake: what a look at somebody about whom nothing is in doubt is worth, against 1 for a doubt.
        least_s: whatever a look costs, everybody in view gets one so often, and every camera too.
        late_s: a picture looked at this long after it was sent means that the machine cannot keep up.
    """

    quiet_s: float = 1.0
    watching_s: float = 1.0
    inquiring_s: float = 0.4
    suspecting_s: float = 1.0
    recheck_s: float = 30.0
    linger_s: float = 8.0
    long_s: float = 3.0
    patience: float = 20.0
    brief: float = 4.0
    faint: float = 0.25
    slight: float = 0.1
    rest_s: float = 10.0
    calm_s: float = 1.0
    calm_stake: float = 0.25
    least_s: float = 10.0
    late_s: float = 1.5
