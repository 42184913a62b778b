"""What a person had written before in documents that are open, held in memory.

Without consent that begins with this run of the server; with it, it goes back to what was recorded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

_MOST_TEXTS = 20
_MOST_DOCUMENTS = 12
_MOST_CHARACTERS = 20_000


class EarlierTexts:
    """The texts that documents had when they were looked at, the last few of each."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, list[str]] = OrderedDict()

    def note(self, uri: str, text: str) -> None:
        """Remember a text of a document."""
        if not text.strip() or len(text) > _MOST_CHARACTERS:
            return
        texts = self._texts.setdefault(uri, [])
        self._texts.move_to_end(uri)
        if text in texts:
            texts.remove(text)
        texts.append(text)
        del texts[:-_MOST_TEXTS]
        while len(self._texts) > _MOST_DOCUMENTS:
            self._texts.popitem(last=False)

    def recalled(self, uri: str, texts: Sequence[str]) -> None:
        """Take over what a document was before all that is remembered of it, the latest last."""
        for text in (*texts, *self._texts.pop(uri, ())):
            self.note(uri, text)

    def forget(self, uri: str) -> None:
        """Forget the texts of a document."""
        self._texts.pop(uri, None)

    def clear(self) -> None:
        """Forget all texts."""
        self._texts.clear()

    def before(self, uri: str, text: str) -> tuple[str, ...]:
        """Return a document's earlier texts, the latest first, then the last of each other one."""
        own = [other for other in reversed(self._texts.get(uri, [])) if other != text]
        others = [texts[-1] for name, texts in reversed(self._texts.items()) if name != uri]
        return (*own, *others)
