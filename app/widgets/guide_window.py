"""The guide beside the work: contents on the left, the page on the right, search over all pages."""

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QImage,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFrame,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app import guide, theme
from app.widgets.controls import IconButton, field, label

SIZE = (980, 720)
CONTENTS_WIDTH = 264
READING_PX = 14
HEADING_PX = {1: 24, 2: 18, 3: 15}
MARGIN = 28
LONGEST_LINE = 720
"""Pixels of a line of text: longer ones tire."""
REFIT_MS = 120
PICTURE = "\ufffc"
"""What stands for a picture in the text of a document."""
LINE_HEIGHT = 140.0
"""Per cent of the font's own."""


class GuidePage(QTextBrowser):
    """Shows a page, dressed in the theme, with pictures that fit its width."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("guide_page")
        self.setOpenExternalLinks(True)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # or pictures would not fit
        self.document().setDocumentMargin(MARGIN)
        self.document().setIndentWidth(24)
        self._base = QUrl()
        self._refit = QTimer(self)
        self._refit.setSingleShot(True)
        self._refit.setInterval(REFIT_MS)
        self._refit.timeout.connect(self._on_refit)
        self.sourceChanged.connect(self._on_source_changed)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """A picture, no wider than the text; everything else as it lies on the disk."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            self._base = QUrl(name)
            return super().loadResource(kind, name)
        image = QImage(self._base.resolved(QUrl(name)).toLocalFile())
        ratio = self.devicePixelRatioF()
        room = max(80, min(LONGEST_LINE, self.viewport().width() - 2 * MARGIN) - 2)
        if image.width() > room:
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.scaledToWidth(min(image.width(), round(room * ratio)), smooth)
            image.setDevicePixelRatio(image.width() / room)
        return image

    def headings(self) -> list[str]:
        """The page's headings, as the ends of addresses."""
        return [guide.slug(block.text()) for block in self._blocks() if block.blockFormat().headingLevel()]

    def mark(self, words: str) -> int:
        """Mark all places with these words; returns how many."""
        marks: list[QTextEdit.ExtraSelection] = []
        place = QTextCursor(self.document())
        while words and not (place := self.document().find(words, place)).isNull():
            found = QTextEdit.ExtraSelection()
            found.cursor = place  # type: ignore[attr-defined]
            found.format.setBackground(QColor(theme.current().accent))  # type: ignore[attr-defined]
            found.format.setForeground(QColor(theme.current().on_accent))  # type: ignore[attr-defined]
            marks.append(found)
        self.setExtraSelections(marks)
        return len(marks)

    def find_next(self, words: str) -> bool:
        """Go to the next place with these words; False behind the last one."""
        return bool(words) and self.find(words)

    def refit(self) -> None:
        """Load the page again, for another theme or width; it stays where it was."""
        bar = self.verticalScrollBar()
        at = bar.value() / max(1, bar.maximum())
        self.document().clear()
        self.reload()
        bar.setValue(round(at * bar.maximum()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit text and pictures to the new width, once it rests."""
        super().resizeEvent(event)
        side = max(0, self.width() - LONGEST_LINE - 2 * MARGIN - 16)
        self.setViewportMargins(0, 0, side, 0)
        if event.size().width() != event.oldSize().width():
            self._refit.start()

    @Slot()
    def _on_refit(self) -> None:
        if not self.source().isEmpty():
            self.refit()

    @Slot(QUrl)
    def _on_source_changed(self, url: QUrl) -> None:
        self._dress()
        for block in self._blocks():
            if block.blockFormat().headingLevel() and guide.slug(block.text()) == url.fragment():
                top = self.document().documentLayout().blockBoundingRect(block).top()
                self.verticalScrollBar().setValue(int(top) - MARGIN // 2)

    # looks

    def _blocks(self) -> list[QTextBlock]:
        blocks = []
        block = self.document().begin()
        while block.isValid():
            blocks.append(block)
            block = block.next()
        return blocks

    def _dress(self) -> None:
        """Markdown has no style sheet in Qt: the formats are set one by one."""
        self.document().setDefaultFont(theme.font(READING_PX))
        for frame in self.document().rootFrame().childFrames():
            self._dress_frame(frame)
        for block in self._blocks():
            self._dress_block(block)

    def _dress_frame(self, frame: QTextFrame) -> None:
        if not isinstance(frame, QTextTable):
            return
        shape = frame.format()
        shape.setBorder(1)
        shape.setBorderBrush(QColor(theme.current().line))
        shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        shape.setBorderCollapse(True)
        shape.setCellPadding(6)
        shape.setCellSpacing(0)
        shape.setTopMargin(4)
        shape.setBottomMargin(12)
        shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 99))
        frame.setFormat(shape)

    def _dress_block(self, block: QTextBlock) -> None:
        cursor = QTextCursor(block)
        shape = block.blockFormat()
        level = shape.headingLevel()
        in_table = cursor.currentTable() is not None
        is_code = shape.hasProperty(QTextFormat.Property.BlockCodeFence)
        height = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
        tight = level or is_code or in_table or block.text() == PICTURE
        shape.setLineHeight(100.0 if tight else LINE_HEIGHT, height)
        shape.setTopMargin({1: 0, 2: 24, 3: 16}.get(level, 0))
        shape.setBottomMargin(0 if in_table or is_code else 6 if block.textList() else 10)
        if is_code:
            shape.setBackground(QColor(theme.current().field))
            shape.setLeftMargin(12)
        cursor.setBlockFormat(shape)
        self._dress_words(block, level, is_code)

    def _dress_words(self, block: QTextBlock, level: int, is_code: bool) -> None:
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        spans = []
        at = block.begin()
        while not at.atEnd():
            spans.append(at.fragment())
            at += 1
        for span in spans:
            look = span.charFormat()
            if level:
                look.clearProperty(QTextFormat.Property.FontSizeAdjustment.value)
                look.setProperty(QTextFormat.Property.FontPixelSize.value, HEADING_PX.get(level, READING_PX))
                look.setFontWeight(QFont.Weight.DemiBold)
            elif look.fontFixedPitch() or is_code:
                look.setFontFamilies([fixed])
                look.setProperty(QTextFormat.Property.FontPixelSize.value, READING_PX - 1)
                if not is_code:
                    look.setBackground(QColor(theme.current().hover))
            if look.isAnchor():
                look.setForeground(QColor(theme.current().accent))
                look.setFontUnderline(False)
            elif not look.isImageFormat():
                look.setForeground(QColor(theme.current().text))
            cursor = QTextCursor(block)
            cursor.setPosition(span.position())
            cursor.setPosition(span.position() + span.length(), QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(look)


class GuideWindow(QWidget):
    """A window of its own, so that the guide can lie beside the work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("guide")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(self.tr("Guide"))
        self.resize(*SIZE)
        self.setMinimumSize(560, 400)
        self._code = guide.language()
        self._texts: dict[str, str] = {}
        self.page = GuidePage(self)
        self.search = field(self.tr("Search"), self.tr("Finds words on every page."), self)
        self.search.setPlaceholderText(self.tr("Search the guide"))
        self.search.setClearButtonEnabled(True)
        self.contents = QListWidget(self)
        self.contents.setObjectName("guide_contents")
        self.contents.setAccessibleName(self.tr("Contents"))
        self._found = label("", self, "secondary", wrap=True)
        self._back = IconButton("back", self.tr("Back"), self)
        self._forward = IconButton("forward", self.tr("Forward"), self)
        self._home = IconButton("report", self.tr("Contents"), self)
        self._fill()
        self._lay_out()
        self._connect()
        self.show_page(guide.FIRST)

    def show_page(self, page: str, section: str = "") -> None:
        """Show a page, at a section where one is named."""
        url = QUrl.fromLocalFile(str(guide.page_path(page, self._code)))
        url.setFragment(section)
        self.page.setSource(url)

    def shown(self) -> str:
        """Name of the page that is shown."""
        return _name_of(self.page.source())

    def changeEvent(self, event: QEvent) -> None:
        """Dress the page in the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "page"):
            self.page.refit()

    # building

    def _fill(self) -> None:
        for page in guide.PAGES:
            item = QListWidgetItem(guide.title_of(page, self._code), self.contents)
            item.setData(Qt.ItemDataRole.UserRole, page)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for part in (self._back, self._forward, self._home):
            tools.addWidget(part)
        tools.addStretch(1)
        side = QWidget(self)
        side.setObjectName("guide_side")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        side.setFixedWidth(CONTENTS_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(tools)
        column.addWidget(self.search)
        column.addWidget(self._found)
        column.addWidget(self.contents, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(self.page, 1)

    def _connect(self) -> None:
        self.contents.itemClicked.connect(self._on_item_chosen)
        self.contents.itemActivated.connect(self._on_item_chosen)
        self.search.textChanged.connect(self._on_search_changed)
        self.search.returnPressed.connect(self._on_search_next)
        self.page.sourceChanged.connect(self._on_source_changed)
        self.page.backwardAvailable.connect(self._back.setEnabled)
        self.page.forwardAvailable.connect(self._forward.setEnabled)
        self._back.clicked.connect(self.page.backward)
        self._forward.clicked.connect(self.page.forward)
        self._home.clicked.connect(self._on_home)
        self._back.setEnabled(False)
        self._forward.setEnabled(False)
        for keys, slot in (
            (QKeySequence.StandardKey.Find, self._on_find),
            (QKeySequence.StandardKey.Back, self.page.backward),
            (QKeySequence.StandardKey.Forward, self.page.forward),
            (Qt.Key.Key_Escape, self._on_escape),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.activated.connect(slot)

    # reactions

    def _text(self, page: str) -> str:
        """The words of a page as they are read, in lower case."""
        if page not in self._texts:
            document = QTextDocument()
            document.setMarkdown(guide.page_path(page, self._code).read_text(encoding="utf-8"))
            self._texts[page] = document.toPlainText().lower()
        return self._texts[page]

    def _items(self) -> list[tuple[str, QListWidgetItem]]:
        items = (self.contents.item(row) for row in range(self.contents.count()))
        return [(item.data(Qt.ItemDataRole.UserRole), item) for item in items]

    @Slot(QUrl)
    def _on_source_changed(self, url: QUrl) -> None:
        for page, item in self._items():  # the browser's own source is still the earlier page
            if page == _name_of(url):
                self.contents.setCurrentItem(item)
        self.page.mark(self.search.text().strip())

    @Slot(QListWidgetItem)
    def _on_item_chosen(self, item: QListWidgetItem) -> None:
        self.show_page(item.data(Qt.ItemDataRole.UserRole))

    @Slot(str)
    def _on_search_changed(self, text: str) -> None:
        words = text.strip().lower()
        n_pages = 0
        for page, item in self._items():
            n = self._text(page).count(words) if words else 0
            item.setHidden(bool(words) and not n)
            n_pages += bool(n)
        none = self.tr("Nothing found.")
        found = self.tr("On {} pages. Return goes to the next place.").format(n_pages)
        self._found.setText("" if not words else found if n_pages else none)
        self.page.mark(words)

    @Slot()
    def _on_search_next(self) -> None:
        words = self.search.text().strip()
        if not words or self.page.find_next(words):
            return
        pages = [page for page, item in self._items() if not item.isHidden()]
        if pages:
            after = [page for page in pages if guide.PAGES.index(page) > guide.PAGES.index(self.shown())]
            self.show_page((after or pages)[0])
            self.page.moveCursor(QTextCursor.MoveOperation.Start)
            self.page.find_next(words)

    @Slot()
    def _on_home(self) -> None:
        self.show_page(guide.FIRST)

    @Slot()
    def _on_find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    @Slot()
    def _on_escape(self) -> None:
        if self.search.text():
            self.search.clear()
        else:
            self.close()


def _name_of(url: QUrl) -> str:
    return url.fileName().removesuffix(".md")
