"""Spans of OpenTelemetry around the steps of a page, for those who ask for them (`NEWSBOT_TRACES`).

Without it a span is a context that does nothing. Where spans go, and how many, is said by OpenTelemetry's own variables
(https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/): OTEL_EXPORTER_OTLP_ENDPOINT,
OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from newsbot.errors import UsageError
from newsbot.metrics import EXTRA

PATIENCE_S = 2
"""Seconds for which a collector is waited for."""
_NOTHING = nullcontext()
_tracer: Any = None


def start_tracing(service: str = "newsbot") -> None:
    """Begin to send spans from this process. Does nothing the second time.

    Raises UsageError without the extra `observe`. A collector that is not there is logged once; at its end the process waits
    for it for `PATIENCE_S`."""
    global _tracer  # noqa: PLW0603 - a process has one
    if _tracer is not None:
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        from newsbot.metrics.quiet_exporter import QuietExporter
    except ImportError as error:
        raise UsageError(f"NEWSBOT_TRACES needs the package {error.name}: {EXTRA}") from error
    named = Resource({"service.name": service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=Resource.create().merge(named))
    provider.add_span_processor(BatchSpanProcessor(QuietExporter(OTLPSpanExporter(timeout=PATIENCE_S))))
    trace.set_tracer_provider(provider)
    _tracer = trace.get_tracer("newsbot")


def span(name: str, **attributes: str | int) -> AbstractContextManager[Any]:
    """Return a context whose duration is a span; with exceptions that leave it."""
    if _tracer is None:
        return _NOTHING
    context: AbstractContextManager[Any] = _tracer.start_as_current_span(name, attributes=attributes)
    return context
