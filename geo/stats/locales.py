"""A voice: messages of one language, with its plural forms, numbers and dates.

English is built in: its messages are the ids themselves. Another language is a gettext catalogue,
``<folder>/<language>/LC_MESSAGES/routeways.mo`` (or ``.po``, which is compiled in memory).
"""

from __future__ import annotations

import gettext
import io
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.errors import UnknownNameError

if TYPE_CHECKING:
    import datetime as dt
    import os

    from babel import Locale

DOMAIN: Final = "routeways"
_FOLDER: Final = Path(__file__).resolve().parents[1] / "data" / "locale"


@dataclass(frozen=True, eq=False)
class Voice:
    """What puts messages, numbers and dates into one language.

    Attributes
    ----------
    locale : babel.Locale
        How numbers and dates are written.
    messages : gettext.NullTranslations
        The catalogue.

    Notes
    -----
    Messages go through :meth:`say`, :meth:`say_plural` and :meth:`say_of`; ``tools/build_catalogue.py`` finds
    them by these names.
    """

    locale: Locale
    messages: gettext.NullTranslations

    def say(self, message: str, /, **parts: object) -> str:
        """Return a message with its parts filled in."""
        return self.messages.gettext(message).format(**parts)

    def say_plural(self, singular: str, plural: str, count: float, /, **parts: object) -> str:
        """Return the form of a message that goes with a count; whole counts other than 1 take the plural."""
        whole = int(count) if float(count).is_integer() else 2
        return self.messages.ngettext(singular, plural, whole).format(**parts)

    def say_of(self, context: str, message: str, /, **parts: object) -> str:
        """Return a message whose id needs a context."""
        return self.messages.pgettext(context, message).format(**parts)

    def number(self, value: float, *, places: int = 0) -> str:
        """Write a number, rounded half away from zero.

        >>> read_voice().number(34582), read_voice().number(-78.95, places=1)
        ('34,582', '-79.0')
        """
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * places if places else "")
        return str(format_decimal(round_half_up(value, places), format=pattern, locale=self.locale))

    def percent(self, value: float) -> str:
        """Write a percentage with one decimal.

        >>> read_voice().percent(18.879)
        '18.9 %'
        """
        return self.say("{number} %", number=self.number(value, places=1))

    def day(self, day: dt.date) -> str:
        """Write a day.

        >>> import datetime as dt
        >>> read_voice().day(dt.date(2024, 12, 12))
        '12 December 2024'
        """
        return self._date(day, self.say_of("date pattern", "d MMMM y"))

    def weekday(self, day: dt.date) -> str:
        """Write a day with its weekday.

        >>> import datetime as dt
        >>> read_voice().weekday(dt.date(2024, 12, 12))
        'Thursday 12 December 2024'
        """
        return self._date(day, self.say_of("date pattern", "EEEE d MMMM y"))

    def day_month(self, day: dt.date) -> str:
        """Write a day without its year."""
        return self._date(day, self.say_of("date pattern", "d MMMM"))

    def month(self, day: dt.date) -> str:
        """Write a month with its year."""
        return self._date(day, self.say_of("date pattern", "LLLL y"))

    def month_name(self, day: dt.date) -> str:
        """Write the name of a month."""
        return self._date(day, self.say_of("date pattern", "LLLL"))

    def country(self, code: str) -> str:
        """Write the name of a country by its ISO 3166-1 code; other words as they are.

        >>> [read_voice().country(code) for code in ("LY", "ALB", "XKX", "stateless", "not_recorded")]
        ['Libya', 'Albania', 'Kosovo', 'stateless', 'not recorded']
        """
        from babel.core import get_global

        name = self.locale.territories.get(
            (["XK"] if code == "XKX" else get_global("territory_aliases").get(code) or [code])[0]
        )
        if name and self.locale.language == "en":
            return str(name).replace(" & ", " and ")
        return str(name) if name else self.messages.gettext(code.replace("_", " "))

    def join(self, items: list[str]) -> str:
        """Join names into a list.

        >>> read_voice().join(["May 2024", "June 2024"])
        'May 2024 and June 2024'
        """
        from babel.lists import format_list

        return str(format_list(items, locale=self.locale))

    def _date(self, day: dt.date, pattern: str) -> str:
        from babel.dates import format_date

        return str(format_date(day, format=pattern, locale=self.locale))


def round_half_up(value: float, places: int = 0) -> Decimal:
    """Round half away from zero.

    Parameters
    ----------
    value : float
        The number, read by its shortest decimal form.
    places : int
        Decimals to keep.

    Examples
    --------
    >>> round_half_up(2.25, 1), round_half_up(-0.5)
    (Decimal('2.3'), Decimal('-1'))
    """
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return rounded or abs(rounded)


def read_voice(language: str = "en", *, catalogues: str | os.PathLike[str] | None = None) -> Voice:
    """Read the voice of a language.

    Parameters
    ----------
    language : str
        A locale such as ``en``, ``fr`` or ``pt_BR``. Sentences of regional English are the built-in ones.
    catalogues : path, optional
        Folder of gettext catalogues; default those of the package.

    Raises
    ------
    UnknownNameError
        If there is no such locale, or no catalogue for it.

    Examples
    --------
    >>> read_voice("en").say("{number} %", number=3)
    '3 %'
    """
    return _read_voice(language, str(catalogues or _FOLDER))


@lru_cache(maxsize=16)
def _read_voice(language: str, folder: str) -> Voice:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise UnknownNameError(
            f"Invalid language '{language}'. It must be a locale such as en or fr."
        ) from None
    tags = [str(locale), locale.language]
    for tag in dict.fromkeys(tags):
        found = _read_messages(Path(folder) / tag / "LC_MESSAGES" / DOMAIN, locale)
        if found is not None:
            return Voice(locale, found)
    if locale.language == "en":
        return Voice(locale, gettext.NullTranslations())
    held = sorted(path.name for path in Path(folder).glob("*") if path.is_dir())
    raise UnknownNameError(
        f"Invalid language '{language}'. There is no catalogue for it; there are: {', '.join(['en', *held])}."
    )


def _read_messages(stem: Path, locale: Locale) -> gettext.NullTranslations | None:
    """Read a compiled catalogue, or compile a readable one."""
    if (compiled := stem.with_suffix(".mo")).is_file():
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    if not (readable := stem.with_suffix(".po")).is_file():
        return None
    from babel.messages import mofile, pofile

    with readable.open("rb") as file:
        catalogue: Any = pofile.read_po(file, locale=locale)
    buffer = io.BytesIO()
    mofile.write_mo(buffer, catalogue)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
