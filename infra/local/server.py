"""Serves MiniStack by uvicorn.

MiniStack brings hypercorn, which reads and writes HTTP in Python. A request of the API is seven or eight HTTP exchanges
with this one process, so that most of what a developer waits for was the server itself. uvicorn with httptools and uvloop
does the same in C, and halves what a call takes.
"""

import asyncio

import hypercorn.asyncio
import uvicorn
import uvloop

# So long may answers under way take after SIGTERM.
GRACE_SECONDS = 3


def install():
    """Has `ministack.app.main`, which asks hypercorn by its name when it starts, served by uvicorn."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    hypercorn.asyncio.serve = serve


async def serve(application, config):
    """What `hypercorn.asyncio.serve` does with MiniStack's configuration: serves until SIGTERM, then lets it save its state."""
    host, port = config.bind[0].rsplit(":", 1)
    settings = uvicorn.Config(
        application,
        host=host,
        port=int(port),
        http="httptools",
        ws="none",
        # `asyncio.run` has made the loop.
        loop="none",
        lifespan="on",
        timeout_keep_alive=config.keep_alive_timeout,
        timeout_graceful_shutdown=GRACE_SECONDS,
        log_level="warning",
        access_log=False,
        # Whoever is named in X-Forwarded-For is MiniStack's to judge.
        proxy_headers=False,
        # MiniStack sends headers of its own for these.
        server_header=False,
        date_header=False,
    )
    await uvicorn.Server(settings).serve()
