"""Sets the encoding of responses that declare no charset of texts, so that `response.text` raises no error."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response, TextResponse

from newsbot.text.text_charsets import charset_named

FALLBACK = "utf-8"


class KnownCharsets:
    """Downloader middleware that has responses read as UTF-8 if Scrapy would read them with a codec that is no charset.

    `Content-Type: text/html; charset=undefined` names a codec of Python that raises an error for every text; Scrapy reads
    the text of a page to find its meta refresh. The page is not lost for that: extraction finds the charset in the bytes."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response, with another encoding if it is needed."""
        if isinstance(response, TextResponse) and charset_named(response.encoding) is None:
            return response.replace(encoding=FALLBACK)
        return response
