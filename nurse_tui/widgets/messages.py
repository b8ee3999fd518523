"""What the worklist says: to its screen, and from its reading threads to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from nurse_tui.listing import Known, RowSource
    from nurse_tui.widgets.windows import Answer, Windows
    from nurse_tui.widgets.worklist import Worklist


class _Said(Message, namespace="worklist"):
    def __init__(self, worklist: Worklist[Any]) -> None:
        super().__init__()
        self.worklist = worklist

    @property
    def control(self) -> Worklist[Any]:
        """The worklist that speaks, for selectors of `on`."""
        return self.worklist


class Highlighted(_Said, namespace="worklist"):
    """The focus is on another row, or its row has changed; None when the list is empty."""

    def __init__(self, worklist: Worklist[Any], row: Any) -> None:
        super().__init__(worklist)
        self.row = row


class Opened(_Said, namespace="worklist"):
    """Enter was pressed on a row."""

    def __init__(self, worklist: Worklist[Any], row: Any) -> None:
        super().__init__(worklist)
        self.row = row


class Marked(_Said, namespace="worklist"):
    """The marks have changed."""

    def __init__(self, worklist: Worklist[Any], ids: frozenset[int]) -> None:
        super().__init__(worklist)
        self.ids = ids


class Counted(_Said, namespace="worklist"):
    """More of the list's length is known."""

    def __init__(self, worklist: Worklist[Any], known: Known) -> None:
        super().__init__(worklist)
        self.known = known


class Failed(_Said, namespace="worklist"):
    """Reading failed: the screen shows the fault, and reads again when it is asked to."""

    def __init__(self, worklist: Worklist[Any], error: Exception) -> None:
        super().__init__(worklist)
        self.error = error


class Answered(Message, namespace="worklist"):
    """Rows were read, in the reading thread."""

    def __init__(self, windows: Windows[Any], answer: Answer[Any]) -> None:
        super().__init__()
        self.windows, self.answer = windows, answer


class Grown(Message, namespace="worklist"):
    """A source has counted more rows, in its own thread."""

    def __init__(self, source: RowSource[Any]) -> None:
        super().__init__()
        self.source = source
