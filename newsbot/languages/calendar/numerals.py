"""Write the numbers of a text in the digits 0 to 9, whatever script it is in."""

from __future__ import annotations

import re
import unicodedata

_CHINESE_DIGITS = {digit: number for number, digit in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
    "元": 1,
}
_TENS = {"十": 10, "廿": 20, "卅": 30}
_CHINESE = re.compile("[〇零○元一二三四五六七八九十廿卅]{1,5}(?=\\s?[年月日号號時时点點分])")
"""Chinese numerals in front of a unit of time, which are too common in words to be read elsewhere."""


_MARKS_OF_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FULLWIDTH = range(0xFF01, 0xFF5F)
_FROM_FULLWIDTH = 0xFEE0


class _PlainSigns(dict[int, "str | None"]):
    """Code point -> what is read for it: digits and signs as in ASCII, nothing for marks of direction."""

    def __missing__(self, code: int) -> str | None:
        sign = chr(code)
        plain: str | None = sign
        if code in _FULLWIDTH:
            plain = chr(code - _FROM_FULLWIDTH)
        elif sign.isdecimal():
            plain = str(unicodedata.decimal(sign))
        elif _MARKS_OF_DIRECTION.match(sign):
            plain = None
        elif sign in "،፣":
            plain = ","
        self[code] = plain
        return plain


_PLAIN_SIGNS = _PlainSigns()


def plain_numerals(text: str) -> str:
    """Return a text with its native, fullwidth and Chinese numerals as digits 0 to 9, and without marks of direction."""
    if text.isascii():
        return text
    return _CHINESE.sub(_chinese_number, text.translate(_PLAIN_SIGNS))


def _chinese_number(match: re.Match[str]) -> str:
    """Return the digits of 二〇二六 (one by one) or 三十一 (tens and ones)."""
    text = match[0]
    ten = next((sign for sign in text if sign in _TENS), None)
    if ten is None:
        return "".join(str(_CHINESE_DIGITS[sign]) for sign in text)
    before, _, after = text.partition(ten)
    if len(before) > 1 or len(after) > 1 or after in _TENS or before in _TENS:
        return text
    factor = _CHINESE_DIGITS[before] if before else 1
    return str(_TENS[ten] * factor + (_CHINESE_DIGITS[after] if after else 0))
