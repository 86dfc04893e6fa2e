"""The page of `make compare`: one file without script, in the colours that the reader prefers."""

from html import escape
from pathlib import Path
from string import Template
from typing import Any

from .layers import counted, readable

TEMPLATE = Path(__file__).with_name("compare.html")
SHADES = 6  # of the segments of a bar, repeated
TIMES = ("Build without cache", "… after a template", "… after requirements.txt", "Start to first answer")


def render(result: dict[str, Any], table: list[tuple[str, list[str]]]) -> str:
    """Returns the page; `table` holds the measured stages' cells."""
    measured = [stage for stage in result["stages"] if not stage["error"]]
    failed = [(stage["name"], trouble(stage)) for stage in result["stages"] if trouble(stage)]
    largest = max((sum(layer["size"] for layer in stage["layers"]) for stage in measured), default=0)
    return Template(TEMPLATE.read_text()).substitute(
        origin=escape(" · ".join(filter(None, [result["revision"], result["machine"]]))),
        bars="\n".join(_bar(stage, largest) for stage in measured),
        heads="".join(f'<th scope="col">{escape(stage["name"])}</th>' for stage in measured),
        rows="\n".join(_row(name, cells) for name, cells in table),
        failed="\n".join(
            f'<p class="failed"><strong>{escape(name)}</strong>: {escape(why)}</p>' for name, why in failed
        ),
        details="\n".join(_details(stage) for stage in measured),
    )


def _row(name: str, cells: list[str]) -> str:
    kind = ' class="time"' if name in TIMES else ""
    return f'<tr{kind}><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'


def _bar(stage: dict[str, Any], largest: int) -> str:
    """Returns the layers of a stage side by side, as wide as they are large; the largest image fills the width."""
    segments = "".join(
        f'<span class="s{number % SHADES}" style="width:{100 * layer["size"] / largest:.3f}%"'
        f' title="{escape(readable(layer["size"]) + " " + layer["instruction"][:200])}"></span>'
        for number, layer in enumerate(stage["layers"])
        if largest
    )
    size = readable(sum(layer["size"] for layer in stage["layers"]))
    return (
        f'<div class="name">{escape(stage["name"])}</div>'
        f'<div class="bar" role="img" aria-label="{counted(stage["layers"])}, {size}">{segments}</div>'
        f'<div class="size">{size}</div>'
    )


def _failed(name: str, why: str) -> str:
    return f'<p class="failed"><strong>{escape(name)}</strong>: {escape(why)}</p>'


def trouble(stage: dict[str, Any]) -> str:
    """Returns why a stage lacks figures; "" if it has all."""
    return str(stage["error"] or stage.get("start_error") or "")


def _details(stage: dict[str, Any]) -> str:
    """Returns the layers of a stage, and what its user may write."""
    layers = "".join(
        f'<tr><td><span class="key s{number % SHADES}"></span>{number + 1}</td><td>{readable(layer["size"])}</td>'
        f"<td>{readable(layer['shadowed'])}</td><td>{layer['added']}</td><td>{layer['changed']}</td>"
        f'<td>{layer["removed"]}</td><td class="code">{escape(layer["instruction"])}</td></tr>'
        for number, layer in enumerate(stage["layers"])
    )
    lists = "".join(
        f"<p>{title}: {escape(', '.join(names)) or 'none'}</p>"
        for title, names in (
            ("Writable", ["/" + path for path in stage["writable"]["paths"]]),
            ("Setuid", ["/" + path for path in stage["setuid"]]),
            ("Labels", [f"{key}={value}" for key, value in stage["labels"].items()]),
        )
    )
    return (
        f"<details><summary>{escape(stage['name'])}: {counted(stage['layers'])}</summary>"
        '<div class="wide" tabindex="0"><table><thead><tr><th>Layer</th><th>Size</th><th>Shadowed</th><th>Added</th>'
        f"<th>Changed</th><th>Removed</th><th>Instruction</th></tr></thead><tbody>{layers}</tbody></table></div>"
        f"{lists}</details>"
    )
