"""Floor 4. Whether another candidate may have been meant as well, so that the best one is not answered without asking."""

from __future__ import annotations

from collections.abc import Sequence

from bot.matching.comparing import Candidate
from bot.matching.weights import Weights


def contested(best: Candidate, others: Sequence[Candidate], w: Weights) -> bool:
    """Tell whether the best candidate has a rival: one that is said to the letter, or nearly as good.

    Who says no better and leaves more of the question unexplained is none.
    """
    rivals = (c for c in others if c.left <= best.left)
    return any(_stands(c, best) for c in others) or any(_near_to(best, c, w) for c in rivals)


def _near_to(best: Candidate, rival: Candidate, w: Weights) -> bool:
    """Tell whether a rival is too near to the best candidate.

    Who has no account on the platform asked for is called so all the same; a rival that only sounds alike is
    further off from one that is said to the letter. One that differs in more than what slipped in is none: 魅了力江港 is
    魅力江港 and not 魅力港江.
    """
    worth = rival.score + w.veto * (rival.vetoes == ("platform",))
    slipped_in = any(part == "extra" for part, _ in best.parts)
    if slipped_in and _to_the_letter(best) and not rival.vetoes and not _to_the_letter(rival):
        return False
    if best.differs is not None and rival.differs is not None and best.differs < rival.differs:
        return best.score < rival.score
    only_heard = best.score == 1 and any(part == "heard" for part, _ in rival.parts)
    return best.score - worth < (w.gap_whole if only_heard else w.gap)


def _to_the_letter(candidate: Candidate) -> bool:
    """Tell whether a question says all of a name."""
    return ("said", 1.0) in candidate.parts


def _stands(other: Candidate, best: Candidate) -> bool:
    """Tell whether another name stands in the question to the letter: 盘锦市金融发展局 said it, and not 盘锦金融."""
    named = _to_the_letter(other) and other.name != best.name
    return named and not _holds(best.name, other.name) and (best.score < 1 or best.name in other.name)


def _holds(name: str, other: str) -> bool:
    """Tell whether a name has all characters of another, in their order: 白银河寨镇派出所 says all that 河寨派出所 does."""
    letters = iter(name)
    return all(letter in letters for letter in other)
