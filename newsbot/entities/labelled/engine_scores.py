"""Score what an engine finds against what people have labelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from newsbot.entities.labelled.labelled_texts import LabelledText
from newsbot.items import ENTITY_TYPES, Mention

ALL = "all"
"""Name of the scores over all types."""


@dataclass(slots=True)
class Score:
    """Numbers of names of one type. A name is right if start, end and type are those that were labelled."""

    labelled: int = 0
    found: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        """Share of the names found that are right; 0 if none was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the labelled names that were found; 0 if none was labelled."""
        return self.right / self.labelled if self.labelled else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.found + self.labelled
        return 2 * self.right / total if total else 0.0


def score(
    texts: Iterable[LabelledText], recognize: Callable[[str, str], Sequence[Mention]], language: str
) -> dict[str, Score]:
    """Return the scores of an engine by type, and over all types; `language` is that of texts that do not say theirs."""
    scores = {name: Score() for name in (*ENTITY_TYPES, ALL)}
    for labelled in texts:
        mentions = recognize(labelled.text, labelled.language or language)
        found = {(mention.start, mention.end, mention.type) for mention in mentions}
        for name, counted in scores.items():
            wanted, given = (
                {span for span in spans if name in (ALL, span[2])} for spans in (labelled.names, found)
            )
            counted.labelled += len(wanted)
            counted.found += len(given)
            counted.right += len(wanted & given)
    return scores
