"""Text of a size that its styles fix: only lines that changed are drawn, nothing is laid out.

A stock text widget renders and sends all its lines when one has changed; beside a list that is
moved through by held keys that is most of the work of a key.
"""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from nurse_tui.widgets.text import text


class Lines(Widget):
    """Shows one content; its height must not depend on it."""

    def __init__(self, content: Content | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.auto_links = False
        self.content = content or text("")
        """What is shown."""
        self._drawn: list[Strip] = []

    def show(self, content: Content) -> None:
        """Show another content, in the frame that comes next."""
        self.content = content
        if self.display:
            self._draw()

    def render(self) -> Content:
        """Return what is shown."""
        return self.content

    def render_line(self, y: int) -> Strip:
        """Return one line as it was laid out."""
        if y < len(self._drawn):
            return self._drawn[y]
        return Strip.blank(self.size.width, self.visual_style.rich_style)

    def on_resize(self) -> None:
        """Lay out anew for this width."""
        self._draw()

    def notify_style_update(self) -> None:
        """Lay out anew in the colours of another theme."""
        super().notify_style_update()
        if self.size:
            self._drawn = []
            self._draw()

    def _draw(self) -> None:
        width, height = self.size
        old = self._drawn
        laid_out = Visual.to_strips(self, self.content, width, height, self.visual_style)
        self._drawn = laid_out[:height]
        shared = min(len(old), len(self._drawn))
        for y in range(max(len(old), len(self._drawn))):
            if y >= shared or old[y] != self._drawn[y]:
                self.refresh(Region(0, y, width, 1))
