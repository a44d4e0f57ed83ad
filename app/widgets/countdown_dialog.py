"""The last chance before the machine sleeps or switches off."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.widgets.controls import button, label
from app.widgets.dialog import Dialog

SECONDS = 60


class CountdownDialog(Dialog):
    """Counts down; `elapsed` unless somebody cancels."""

    elapsed = Signal(str)

    def __init__(self, what: str, parent: QWidget) -> None:
        super().__init__(self.tr("All jobs are done"), parent, 420)
        self._what = what
        self.left = SECONDS
        self._words = label("", self, wrap=True)
        self.body.addWidget(self._words)
        now = button(self.tr("Now"), self.tr("Do not wait."), self, "large")
        stay = button(self.tr("Stay awake"), self.tr("Nothing happens to the machine."), self, "primary")
        self.buttons.addStretch(1)
        self.buttons.addWidget(now)
        self.buttons.addWidget(stay)
        stay.setDefault(True)
        stay.setFocus()  # a key pressed by chance changes nothing
        now.clicked.connect(self._on_now)
        stay.clicked.connect(self.reject)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.finished.connect(self._timer.stop)
        self._show()

    @Slot()
    def tick(self) -> None:
        """One second less."""
        self.left -= 1
        self._show()
        if self.left <= 0:
            self._on_now()

    def _show(self) -> None:
        if self._what == "sleep":
            text = self.tr("This computer goes to sleep in {} s.").format(self.left)
        else:
            text = self.tr("This computer switches off in {} s.").format(self.left)
        self._words.setText(text)

    @Slot()
    def _on_now(self) -> None:
        self.accept()
        self.elapsed.emit(self._what)
