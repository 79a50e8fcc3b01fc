"""`/metrics`: the state of the database, and of the queue if there is one, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from newsbot.cluster.cluster_status import cluster_status
from newsbot.cluster.queues import STALLED_S
from newsbot.metrics import EXTRA
from newsbot.store.operating.operating_state import operating_state
from newsbot.web.serving.site import site_of

PATH = "/metrics"

router = APIRouter(include_in_schema=False)


@router.get(PATH)
def metrics(request: Request) -> Response:
    """Show the state in Prometheus's text format. 501 without the extra `observe`."""
    try:
        from prometheus_client import CONTENT_TYPE_LATEST

        from newsbot.metrics.database_state import StateCollector, exposition
        from newsbot.metrics.queue_metrics import QueueCollector
    except ImportError as error:
        raise HTTPException(501, f"Metrics need the package {error.name}: {EXTRA}") from error
    site = site_of(request)
    with site.read() as session:
        state = operating_state(session, now=site.now())
    queues = [QueueCollector(cluster_status(site.queue).state, STALLED_S)] if site.queue else []
    return Response(exposition(StateCollector(state), *queues), media_type=CONTENT_TYPE_LATEST)
