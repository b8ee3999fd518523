"""A list that fits into memory: searched, filtered and ordered on the screen, by the usual keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from nurse_tui.screens.case_work import CaseWork
from nurse_tui.screens.choose import Choice, ChooseScreen
from nurse_tui.types import Refusal
from nurse_tui.widgets.columns import Column
from nurse_tui.widgets.field import TextInput
from nurse_tui.widgets.messages import Highlighted, Opened
from nurse_tui.widgets.text import text
from nurse_tui.widgets.windows import ListSource
from nurse_tui.widgets.worklist import Worklist


class Listed(Protocol):
    """A row of such a list: it belongs to a case and can be found by words."""

    @property
    def row_id(self) -> int:
        """Identity by which focus and marks follow the row."""
        ...

    @property
    def case_id(self) -> int:
        """The case of the row."""
        ...

    @property
    def patient(self) -> str:
        """Name by which the row is found."""
        ...

    @property
    def number(self) -> str:
        """Case number by which the row is found."""
        ...


RowT = TypeVar("RowT", bound=Listed)


@dataclass(frozen=True, slots=True)
class Filter(Generic[RowT]):
    """One choice of `f`: its words and which rows stay."""

    words: str
    keeps: Callable[[RowT], bool]


@dataclass(frozen=True, slots=True)
class Order(Generic[RowT]):
    """One choice of `S`: its words and by what rows are ordered."""

    words: str
    key: Callable[[RowT], Any]


class ShortList(CaseWork, Generic[RowT]):
    """Subclasses say what to read, the columns, and what stands under the list."""

    EMPTY: ClassVar[tuple[str, str]] = ("Nothing here.", "")
    NONE_FIT: ClassVar[str] = "No row fits the search and the filter. Esc takes them away."

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[RowT, ...] = ()
        self._words = ""
        self._filter: Filter[RowT] | None = None
        self._order: Order[RowT] | None = None

    @abstractmethod
    def read(self, services: Any) -> Sequence[RowT] | Refusal:
        """Read the rows, in a thread."""

    @abstractmethod
    def columns(self) -> Sequence[Column[RowT]]:
        """Return the columns."""

    @abstractmethod
    def summary(self, shown: Sequence[RowT]) -> Content:
        """Return the line above the list."""

    @abstractmethod
    def glance(self, row: RowT) -> Content:
        """Return what stands under the list about the row in hand."""

    def filters(self) -> Sequence[Filter[RowT]]:
        """Return what `f` offers beside all rows."""
        return ()

    def how_many(self, shown: Sequence[RowT], most: int) -> str:
        """Return the number of rows shown; where the list was cut at the most, it says so."""
        if len(self.rows) < most:
            return f"{len(shown):,}"
        first = f"first {len(self.rows):,}"
        return first if len(shown) == len(self.rows) else f"{len(shown):,} of the {first}"

    def orders(self) -> Sequence[Order[RowT]]:
        """Return what `S` offers; the first is how the rows come."""
        return ()

    def compose_job(self) -> ComposeResult:
        yield Static(id="summary")
        yield TextInput(id="find", max_length=80, placeholder="Name or case number")
        yield Worklist[RowT](self.columns(), empty=self.NONE_FIT, id="list")
        yield Static(id="glance")

    def on_mount(self) -> None:
        self.query_one("#find").display = False
        self.sheet.focus()

    def on_screen_resume(self) -> None:
        self.changed()

    @property
    def sheet(self) -> Worklist[RowT]:
        """The list."""
        found: Worklist[RowT] = self.query_one("#list", Worklist)
        return found

    # -- what is shown

    @property
    def empty_words(self) -> tuple[str, str]:
        """Return what is said where there is nothing, and what fills the list."""
        return self.EMPTY

    def changed(self) -> None:
        """Read the rows again; the cursor stays where it is."""
        read: Callable[[Any], Any] = self.read
        self.ask(read, self.show_rows, group="list", refused=self.show_refused)

    def show_rows(self, rows: Sequence[RowT]) -> None:
        """Show rows, or what to do where there are none."""
        self.rows = tuple(rows)
        if not self.rows:
            self.show_empty(*self.empty_words)
            return
        self.show_full()
        self._draw()
        if self.focused is None:
            self.sheet.focus()

    def _draw(self) -> None:
        shown = self._fitting()
        self.query_one("#summary", Static).update(self.summary(shown))
        self.sheet.set_source(ListSource(shown), keep=True)
        if not shown:
            self.query_one("#glance", Static).update(text(""))

    def _fitting(self) -> list[RowT]:
        wanted = self._words.casefold()
        kept = [r for r in self.rows if wanted in f"{r.patient} {r.number}".casefold()]
        if self._filter is not None:
            kept = [row for row in kept if self._filter.keeps(row)]
        return sorted(kept, key=self._order.key) if self._order else kept

    @on(Highlighted)
    def look_at(self, message: Highlighted) -> None:
        """Show what is known of the row under the cursor."""
        row = message.row
        words: Content = self.glance(row) if row is not None else text("")
        self.query_one("#glance", Static).update(words)

    @on(Opened)
    def opened(self, message: Opened) -> None:
        """Open the row under the cursor."""
        refused = self.do_open()
        if refused is not None:
            self.say(refused)

    def row_here(self) -> RowT | None:
        """Return the row under the cursor."""
        return self.sheet.focused_row

    def case_here(self) -> int | None:
        row = self.row_here()
        return row.case_id if row is not None else None

    # -- the keys of every list

    def do_open(self) -> Refusal | None:
        """Open the row under the cursor."""
        return self.open_on_case("case")

    def do_search(self) -> None:
        """Show only rows whose name or number holds some words."""
        find = self.query_one("#find", Input)
        find.display = True
        find.focus()

    @on(Input.Changed, "#find")
    def narrow(self, message: Input.Changed) -> None:
        """Show the rows that hold what was typed so far."""
        self._words = message.value.strip()
        if self.rows:
            self._draw()

    @on(Input.Submitted, "#find")
    def found(self) -> None:
        """Go to the rows that were found."""
        self.sheet.focus()

    def do_filter(self) -> Refusal | None:
        """Choose which rows are shown."""
        everything = Choice(None, "Everything")
        return self._choose("Show", [everything, *self._offer(self.filters())], self._keep)

    def do_sort(self) -> Refusal | None:
        """Choose the order of the rows."""
        return self._choose("Order by", self._offer(self.orders()), self._put_in_order)

    @staticmethod
    def _offer(offered: Sequence[Any]) -> list[Choice]:
        return [Choice(one, one.words) for one in offered]

    def _choose(
        self, title: str, choices: list[Choice], then: Callable[[Any], None]
    ) -> Refusal | None:
        if len(choices) < 2:
            return Refusal("one_way", "There is only one way to show this list.")

        def chosen(choice: Choice | None) -> None:
            if choice is not None:
                then(choice.value)
                self._draw()

        self.app.push_screen(ChooseScreen(title, choices), chosen)
        return None

    def _keep(self, chosen: Filter[RowT] | None) -> None:
        self._filter = chosen

    def keep_only(self, chosen: Filter[RowT]) -> None:
        """Show only the rows that a filter keeps."""
        self._filter = chosen
        self._draw()

    def take_filter_away(self) -> None:
        """Show every row of the list that is read next."""
        self._filter = None

    def _put_in_order(self, chosen: Order[RowT]) -> None:
        self._order = chosen

    def do_back(self) -> Refusal | None:
        """Take search and filter away, then go back one step."""
        if not (self._words or self._filter or self.query_one("#find").display):
            return super().do_back()
        self._words, self._filter = "", None
        find = self.query_one("#find", Input)
        find.value, find.display = "", False
        self.sheet.focus()
        self._draw()
        return None

    def do_tab_next(self) -> Refusal | None:
        """Go to the next tab, where there is one."""
        return Refusal("one_tab", "This list has no tabs.", "f chooses which rows are shown.")

    def do_tab_previous(self) -> Refusal | None:
        """Go to the tab before, where there is one."""
        return self.do_tab_next()

    def do_as_of(self) -> Refusal:
        """Say where earlier instants are shown."""
        return Refusal("as_of", "A list shows things as they are.", "Open the case, then press v.")
