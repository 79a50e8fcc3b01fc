"""The page of the cluster: queues, workers, and what is stuck. It is there only where there is a queue."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from newsbot.cluster.cluster_status import cluster_status
from newsbot.web.html.rendering import page
from newsbot.web.serving.site import site_of

router = APIRouter(include_in_schema=False)


@router.get("/cluster")
def cluster(request: Request) -> Response:
    """Show what the workers of all machines do."""
    queue = site_of(request).queue
    if queue is None:
        raise HTTPException(404, "there is no queue of many machines here: newsbot cluster init")
    return page(request, "cluster.html", found=cluster_status(queue))
