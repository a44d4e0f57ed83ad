"""Numbers as people say them: times, sizes, rates; every one keeps its unit."""

from datetime import datetime
from fractions import Fraction

from PySide6.QtCore import QCoreApplication, QLocale

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def timecode(seconds: float, rate: Fraction) -> str:
    """Hours:minutes:seconds:frames of one frame, 00:00:12:07."""
    whole = int(seconds + 1e-6)
    rest = int((seconds - whole) * float(rate) + 0.5)
    rest = min(rest, max(0, -(-rate.numerator // rate.denominator) - 1))
    return f"{whole // _HOUR:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{max(0, rest):02d}"


def duration(seconds: float) -> str:
    """How long something takes: 45 s, 12 min 40 s, 3 h 40 min, 1 d 4 h."""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return QCoreApplication.translate("Words", "{} s").format(whole)
    if whole < _HOUR:
        return QCoreApplication.translate("Words", "{} min {} s").format(whole // 60, whole % 60)
    if whole < _DAY:
        return QCoreApplication.translate("Words", "{} h {} min").format(whole // _HOUR, whole // 60 % 60)
    return QCoreApplication.translate("Words", "{} d {} h").format(whole // _DAY, whole // _HOUR % 24)


def rough_duration(seconds: float) -> str:
    """The same with one unit below an hour, for numbers that are guesses."""
    whole = max(0, round(seconds))
    if whole < _MINUTE:
        return duration(whole)
    if whole < _HOUR:
        return QCoreApplication.translate("Words", "{} min").format(round(whole / 60))
    return duration(whole)


def time_left(seconds: float | None, finish_time: float | None) -> str:
    """4 min left, done 21:14; "measuring" while nobody knows."""
    if seconds is None:
        return QCoreApplication.translate("Words", "measuring the time left")
    left = QCoreApplication.translate("Words", "{} left").format(rough_duration(seconds))
    if finish_time is None:
        return left
    clock = datetime.fromtimestamp(finish_time).strftime("%H:%M")
    return QCoreApplication.translate("Words", "{}, done {}").format(left, clock)


def decimal(value: float, places: int) -> str:
    """A number with so many places behind the mark that the language of the window has: 1.25, in German 1,25."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), "f", places)


def shortest(value: float, places: int) -> str:
    """The same without zeros at its end: 1.5, 2."""
    found = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return decimal(value, len(found.partition(".")[2]))


def size(n_bytes: float) -> str:
    """3.1 GB, 640 MB, 12 KB."""
    for unit, factor in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if n_bytes >= factor:
            value = n_bytes / factor
            return f"{decimal(value, 1 if value < 100 else 0)} {unit}"
    return f"{n_bytes / 1e3:.0f} KB"


def rate(value: Fraction) -> str:
    """25 fps, 29.97 fps."""
    return f"{shortest(float(value), 3)} fps"


def count(number: int) -> str:
    """A number with thin spaces between its thousands."""
    return f"{number:,}".replace(",", "\u202f")


def percent(done: int, total: int) -> int:
    """Whole per cent, rounded down, so that 100 means finished."""
    return 0 if total <= 0 else min(100, done * 100 // total)
