"""Replaces passwords and tokens in texts that people see: messages, logs, settings, stored arguments of runs.

The only place where newsbot decides what is a secret.
"""

from __future__ import annotations

import re

MASK = "***"
_CONFIDENTIAL = (
    r"[\w.-]{0,40}(?:passw(?:or)?d|passphrase|passcode|passfile|pwd|secret|token|credential"
    r"|(?:api|access|private|auth)[-_]?key|signature)[\w-]{0,20}"
)
_IS_SECRET = re.compile(_CONFIDENTIAL, re.IGNORECASE)
_WEB_TOKEN = re.compile(r"(\bhttps?://)[^\s/?#@:'\"<>\\]+@", re.IGNORECASE)
"""A user without a password in a URL of the web, which is a token as a rule."""
_WEB_USER = re.compile(r"(?<=://)([^\s/?#@:'\"<>\\]*):[^\s/?#@'\"<>\\]*(?=@)")
"""User and password in a valid URL; what follows the first slash of a path may hold an `@` of its own."""
_USER = re.compile(r"(\b[a-z][a-z0-9+.-]*:/+)([^\s/:@'\"<>]*):([^\s'\"<>]*)@", re.IGNORECASE)
"""User and password in any URL, also a malformed one: up to the last `@`, as passwords may hold any character."""
_LOOSE_USER = re.compile(
    r"(?<![^\s'\"=(,])(?!mailto:)((?:[a-z][\w+.-]*:(?!/))?(?:[\w+.-]*//+)?)([^\s/:@'\"]+):([^\s/@'\"][^\s'\"]*)@",
    re.IGNORECASE,
)
"""User and password in what should have been a URL: `bob:hush@host`, `postgresql//bob:hush@host`."""
_PARAMETER = re.compile(
    rf"(?<![\w.-])({_CONFIDENTIAL})(['\"]\s*:\s*|\s*=\s*)('[^']*'|\"[^\"]*\"|[^\s&;'\"]+)", re.IGNORECASE
)
_HEADER = re.compile(r"(\bauthorization\W{1,5}(?:bearer|basic)\s+)[^\s'\"]+", re.IGNORECASE)
_START = re.compile(r"(?>\s*[a-z][\w+.-]*:/+|\s*[a-z][\w+.-]*:(?=[^/@]*:)|\s*/*)", re.IGNORECASE)
"""The scheme of a URL, if it has one, with any number of slashes."""


def masked(text: str) -> str:
    """Return a text with `***` in place of the passwords and tokens that are in it.

    They are found in URLs (`user:password@`, also in malformed ones), in parameters and settings whose name says so
    (`sslpassword=`, `NEWSBOT_WEB_TOKEN=`), and in Authorization headers."""
    text = _PARAMETER.sub(rf"\1\2{MASK}", text)
    if "@" in text:
        text = _WEB_USER.sub(rf"\1:{MASK}", text)
        text = _USER.sub(_unless_web, text)
        text = _LOOSE_USER.sub(rf"\1\2:{MASK}@", text)
        text = _WEB_TOKEN.sub(rf"\1{MASK}@", text)
    return _HEADER.sub(rf"\1{MASK}", text)


def masked_url(url: str) -> str:
    """Return the URL of a database with `***` in place of passwords, whatever is wrong with the URL."""
    url = _PARAMETER.sub(rf"\1\2{MASK}", url)
    start = _START.match(url)
    assert start is not None  # it matches any string
    return masked(
        start[0] + _masked_rest(url[start.end() :], is_file=start[0].strip().lower().startswith("sqlite"))
    )


def _masked_rest(rest: str, *, is_file: bool) -> str:
    """Return what follows the scheme of a URL without its password."""
    user, separator, following = rest.partition(":")
    if not separator or user.startswith("[") or (is_file and re.search("[/@]", user)):
        return rest
    if "@" in following:
        return f"{user}:{MASK}@{following.rpartition('@')[2]}"
    if "/" in user or "@" in user or re.match(r"\d*(?:[/?]|$)", following):  # a port
        return rest
    return f"{user}:{MASK}{re.sub('^[^/?]*', '', following)}"


def masked_setting(name: str, value: str) -> str:
    """Return the value of a setting as it may be shown."""
    if _IS_SECRET.fullmatch(name):
        return MASK if value else value
    return masked_url(value) if name.endswith("DATABASE_URL") else masked(value)


def _unless_web(match: re.Match[str]) -> str:
    """Return a match of `_USER` masked, unless it is a URL of the web with an `@` in its path."""
    start, user, password = match.groups()
    is_web = start.lower() in {"http://", "https://"}
    if is_web and re.match(r"\d{1,5}(?:[/?#]|$)", password):  # a port, as in http://localhost:8000/@name
        return match[0]
    return f"{start}{user}:{MASK}@"
