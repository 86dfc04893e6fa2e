"""Takes the picture of a page of `make compare` or `make check-class` in Chromium, light: picture PAGE PNG.

It is as wide as the README. A comparison's times are left out, since they depend on the machine; so are its details.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    )
    page = browser.new_page(viewport={"width": 960, "height": 600}, device_scale_factor=1.5, color_scheme="light")
    page.goto(Path(sys.argv[1]).absolute().as_uri())
    page.add_style_tag(content=".time, .details { display: none }")
    page.screenshot(path=sys.argv[2], full_page=True)
    browser.close()
