"""An error where it happened: what happened, what was tried, what to do, and the details to copy."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.engine_words import sentence
from app.guide import slug
from app.messages import Failure, explain
from app.widgets.controls import IconButton, IconLabel, button, label
from app.widgets.guide_link import GuideLink


class TroubleCard(QWidget):
    """Hidden until something failed."""

    retry_wanted = Signal()

    def __init__(self, parent: QWidget, *, retryable: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._failure: Failure | None = None
        self._headline = label("", self, "heading", wrap=True)
        self._what = label("", self, wrap=True)
        self._tried = label("", self, "secondary", wrap=True)
        self._todo = label("", self, wrap=True)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setFixedHeight(120)
        self._details.setVisible(False)
        self._more = GuideLink("trouble", self)
        self._lay_out(retryable)
        self.setVisible(False)

    @property
    def failure(self) -> Failure | None:
        """What is shown."""
        return self._failure

    def show_failure(self, failure: Failure | None) -> None:
        """Explain a failure; None hides the card."""
        self._failure = failure
        self.setVisible(failure is not None)
        if failure is None:
            return
        advice = explain(failure)
        self._headline.setText(advice.headline)
        self._what.setText(sentence(advice.what))
        self._tried.setText(advice.tried)
        self._tried.setVisible(bool(advice.tried))
        self._todo.setText(advice.todo)
        self._more.point_to(slug(advice.headline))
        self._details.setPlainText(failure.details or failure.message)

    def _lay_out(self, retryable: bool) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconLabel("error", "bad", self), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._headline, 1)
        dismiss = IconButton("close", self.tr("Hide this message"), self)
        dismiss.clicked.connect(self._on_dismiss_clicked)
        if not retryable:
            head.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)
        else:
            dismiss.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        for part in (self._what, self._tried, self._todo):
            column.addWidget(part)
        column.addLayout(self._buttons(retryable))
        column.addWidget(self._details)

    def _buttons(self, retryable: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        retry = button(self.tr("Retry"), self.tr("Try again; finished parts are used."), self)
        retry.setVisible(retryable)
        details = button(self.tr("Details"), self.tr("What a developer wants to know."), self)
        copy = button(self.tr("Copy"), self.tr("Copy the details."), self)
        row.addWidget(retry)
        row.addWidget(details)
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(self._more)
        retry.clicked.connect(self.retry_wanted)
        details.clicked.connect(self._on_details_clicked)
        copy.clicked.connect(self._on_copy_clicked)
        return row

    @Slot()
    def _on_details_clicked(self) -> None:
        self._details.setVisible(self._details.isHidden())

    @Slot()
    def _on_copy_clicked(self) -> None:
        if self._failure:
            text = f"{self._failure.kind}: {self._failure.message}\n{self._failure.details}"
            QGuiApplication.clipboard().setText(text)

    @Slot()
    def _on_dismiss_clicked(self) -> None:
        self.show_failure(None)
