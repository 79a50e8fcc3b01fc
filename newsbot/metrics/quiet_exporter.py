"""An exporter of spans that says once that the collector does not take them, and not for every batch."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

logger = logging.getLogger(__name__)


class QuietExporter(SpanExporter):
    """Sends spans by another exporter. Those that are not taken are lost."""

    def __init__(self, inner: OTLPSpanExporter) -> None:
        self.inner = inner
        self.was_refused = False
        logging.getLogger(type(inner).__module__).setLevel(logging.CRITICAL)  # it says so at every try

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans; log the first failure, and the next one after a success."""
        result = self.inner.export(spans)
        if result is SpanExportResult.FAILURE and not self.was_refused:
            logger.warning("Traces are not sent: %s does not take them", self.inner._endpoint)
        self.was_refused = result is SpanExportResult.FAILURE
        return result

    def shutdown(self) -> None:
        """End the exporter."""
        self.inner.shutdown()  # type: ignore[no-untyped-call]
