"""Write the numbers of a text in the digits 0 to 9, whatever script it is in."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

_CHINESE_DIGITS = {digit: number for number, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "元": 1}
_TENS = {"十": 10, "廿": 20, "卅": 30}
_CHINESE = re.compile("[〇零○元一二三四五六七八九十廿卅]{1,5}(?=\\s?[年月日号號時时点點分])")
"""Chinese numerals in front of a unit of time, which are too common in words to be read elsewhere."""


@cache
def _plain_signs() -> dict[int, str | None]:
    """Code point -> digit 0 to 9 or ASCII character of the same meaning; None for marks of direction."""
    digits = {
        code: str(unicodedata.decimal(chr(code)))
        for code in range(0x80, sys.maxunicode + 1)
        if unicodedata.category(chr(code)) == "Nd"
    }
    fullwidth = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    marks = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
    return {**fullwidth, **digits, **marks, ord("،"): ",", ord("፣"): ","}


def plain_numerals(text: str) -> str:
    """Return a text with its native, fullwidth and Chinese numerals as digits 0 to 9, and without marks of direction."""
    if text.isascii():
        return text
    return _CHINESE.sub(_chinese_number, text.translate(_plain_signs()))


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
