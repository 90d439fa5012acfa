"""What axe finds wrong with a page, asked the same way of every page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

REACH = """Math.max(document.documentElement.scrollHeight, innerHeight + Math.max(0,
  ...[...document.querySelectorAll(".rows, .pane")].map((column) => column.scrollHeight - column.clientHeight)))"""


def faults(page: Any, *more_tags: str) -> list[str]:
    """Each breach of WCAG 2.2 AA (and of the other rules asked for by their tags), with the element it is about.

    The size of targets is in that standard, but axe asks for it only where it is told to. A page, or a column of it,
    that scrolls is looked at in a window as high as it reaches: what lies behind a foot is then not covered by it.
    """
    window = page.viewport_size
    reach = page.evaluate(REACH)
    if reach > window["height"]:
        page.set_viewport_size(window | {"height": reach})
    options = {
        "runOnly": {"type": "tag", "values": [*WCAG, *more_tags]},
        "rules": {"target-size": {"enabled": True}},
    }
    found = Axe().run(page, options=options).response["violations"]
    page.set_viewport_size(window)
    return [
        f"{fault['id']}: {node['html'][:160]} {node['any'][:1] and node['any'][0]['message']}"
        for fault in found
        for node in fault["nodes"]
    ]
