"""What templates and stylesheet promise: no inline style or script, every icon drawn, one name for each colour."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(
    path for path in HOUSE.glob("**/templates/**/*.html") if not {".venv", ".ci"} & set(path.relative_to(HOUSE).parts)
)
SPRITE = set(re.findall(r'<symbol id="([\w-]+)"', (HOUSE / "static/icons.svg").read_text()))
ICON = re.compile(r"""(?:#|name=["']|icon=["'])([a-z]+)(?=["'])""")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_inline_style_or_script(path):
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"hx-on|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_icon_is_drawn(path):
    text = path.read_text()
    used = set(re.findall(r"(?:\}\}|%\})#([a-z]+)\"/>", text)) | set(
        re.findall(r'icon\.html" with name="([a-z]+)"', text)
    )
    assert used <= SPRITE


def test_colours_have_their_names_in_the_tokens_only():
    css = (HOUSE / "static/desk.css").read_text()
    after = css[css.index("@layer base {") :]
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(", after)
    assert "!important;" not in css
