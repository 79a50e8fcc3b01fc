"""`newsbot serve`: the web pages, the JSON API and the feeds."""

from __future__ import annotations

import click

from newsbot.cli.options import common_options
from newsbot.cli.output import print_json, say


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, metavar="P", help="0: any."
)
@click.option("--images", is_flag=True, help="Let pages load the articles' images from their sites.")
@common_options
def serve(host: str, port: int, images: bool, as_json: bool, database: str | None) -> None:
    """Show the database to browsers, feed readers and programs.

    Without NEWSBOT_WEB_TOKEN everybody who reaches the address may read; by default that is this machine alone.
    NEWSBOT_WEB_URL is the address under which a proxy shows the site; NEWSBOT_WEB_CORS lists the sites whose pages may
    read the API. --json prints the address and the database once it listens.

    \b
    Examples:
      newsbot serve
      newsbot serve --port 0 --json
      newsbot serve --host 0.0.0.0 --database postgresql+psycopg://news@localhost/news
    """
    import uvicorn

    from newsbot.cluster.installed_queue import find_queue
    from newsbot.outputs.watches.watch_table import read_watch_tables
    from newsbot.settings import configuration
    from newsbot.store.database import Database
    from newsbot.web.app import create_app
    from newsbot.web.serving.server import access_for, address_of, is_loopback, listening, server_config

    settings = configuration()
    read_watch_tables(settings.watch, {})  # a wrong table is reported now, not by a page
    token = settings.web_token
    opened = Database(database or settings.database_url).open()
    if not (is_loopback(host) or token):
        say(f"everybody who reaches {host} may read; NEWSBOT_WEB_TOKEN asks for a token")
    urls = settings.web_url
    access = access_for(host, token, urls)
    url = urls[0] if urls else None
    app = create_app(
        opened,
        access=access,
        images=images,
        url=url,
        cors=settings.web_cors,
        watch=settings.watch,
        queue=find_queue(configuration(database_url=database)),
    )
    try:
        with listening(host, port) as listener:
            if as_json:
                print_json({"url": address_of(listener), "database": opened.url})
            say(f"reading {opened.url} at {address_of(listener)} (Ctrl-C ends it)")
            uvicorn.Server(server_config(app)).run(sockets=[listener])
    except KeyboardInterrupt:
        say("stopped")
    finally:
        opened.close()
