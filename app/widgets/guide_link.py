"""A small way from where people get stuck to the page of the guide about it."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from app import guide


class GuideLink(QPushButton):
    """Looks like a link; opens a page of the guide."""

    def __init__(self, page: str, parent: QWidget) -> None:
        super().__init__(self.tr("More about this"), parent)
        self.page, self.section = page, ""
        self.setToolTip(self.tr("Opens the guide."))
        self.setProperty("role", "link")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._on_clicked)

    def point_to(self, section: str) -> None:
        """Choose the section of the page."""
        self.section = section

    @Slot()
    def _on_clicked(self) -> None:
        guide.open_page(self.page, self.section)
