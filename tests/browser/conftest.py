"""Fixtures of the browser tests: the running application, Chromium, and a guard on every page.

The application is the one at APP_URL, or one for each process that `make run` builds and starts with the variables of
`make test-browser` (STAGE, ENGINE, …); these are removed with their data at the end of the run.
"""

import functools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest
from guard import Guard
from inbox import Inbox
from people import Person
from places import furnish

INSTANCES = "BROWSER_INSTANCES"  # an environment variable
ROOT = Path(__file__).resolve().parents[2]
# In a container Chromium can't use its sandbox or a GPU. It must not contact its vendor.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A tab of its own process, and a process to draw pixels: each costs memory and time, and shows the same page.
    "--process-per-site",
    "--in-process-gpu",
]


def free_port():
    """A free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def pytest_sessionstart(session):
    """Start an instance for each process of the run, before one of them opens a page.

    A container that starts or stops is a network change, at which Chromium aborts what it loads.
    """
    config = session.config
    if "APP_URL" in os.environ or hasattr(config, "workerinput") or config.option.collectonly:
        return
    folder = Path(tempfile.mkdtemp())
    config.add_cleanup(lambda: shutil.rmtree(folder))
    instances = []
    for number in range(len(config.option.tx) or 1):  # `tx` lists the processes
        name, mail_port = f"mbbrowser-{uuid.uuid4().hex[:8]}", free_port()
        settings = folder / f"settings-{number}"
        settings.write_text(f"MAIL_SERVER=127.0.0.1\nMAIL_PORT={mail_port}\n")
        variables = {"IMAGE": name, "PORT": str(free_port()), "DATA": name, "SETTINGS": str(settings)}
        config.add_cleanup(functools.partial(make, "stop", "clean", variables=variables))
        if make("run", variables=variables):
            pytest.exit("make run failed, see above")
        instances.append((variables, mail_port))
    os.environ[INSTANCES] = json.dumps(instances)  # for the processes


def make(*targets, variables):
    """Call make with the variables; returns its status."""
    assigned = [f"{name}={value}" for name, value in variables.items()]
    return subprocess.run(["make", *targets, *assigned], cwd=ROOT, check=False).returncode


@pytest.fixture(scope="session")
def instance(worker_id):
    """The make variables of this process's instance, and the port of its mail server."""
    if "APP_URL" in os.environ:
        pytest.skip("the application at APP_URL sends mail to another server")
    instances = json.loads(os.environ[INSTANCES])
    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw"))
    return instances[number % len(instances)]  # a process that takes the place of a crashed one has a higher number


@pytest.fixture(scope="session")
def site(request):
    """The URL of the running application, without a trailing slash."""
    if address := os.environ.get("APP_URL"):
        return address.rstrip("/")
    variables, _mail_port = request.getfixturevalue("instance")
    return f"http://localhost:{variables['PORT']}"  # the host name of the links in its mails


@pytest.fixture(scope="session")
def inbox(instance):
    """The mails that the application sends from now on."""
    variables, mail_port = instance
    sink = subprocess.Popen(
        [ROOT / "scripts/mail-sink", str(mail_port)],
        env=os.environ | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    inbox = Inbox(sink)
    yield inbox
    inbox.close()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Debian's Chromium instead of a download."""
    names = ("chromium", "chromium-browser", "google-chrome")
    executable = next(filter(None, map(shutil.which, names)), None)
    if executable is None:
        pytest.fail("these tests need Chromium: sudo apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji")
    return browser_type_launch_args | {"executable_path": executable, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def _people():
    """The number of users created, and the prefix that makes their names unique to this session."""
    return {"session": uuid.uuid4().hex[:6], "count": 0}


@pytest.fixture
def visit(browser, site):
    """visit(locale="en", javascript=True, width=1280, …): a page in a new browser context, guarded until the test ends.

    The test fails if a page contacts another host, violates the content security policy, logs an error or throws,
    except for what is `expected` (see Guard).
    Other arguments are those of Playwright's `browser.new_context`.
    """
    opened = []

    def open_page(locale="en", javascript=True, width=1280, height=800, expected=(), **arguments):
        context = browser.new_context(
            base_url=site,
            locale=locale,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            **arguments,
        )
        opened.append((context, Guard(context, site, expected)))
        page = context.new_page()
        page.set_default_timeout(30_000)  # milliseconds, for busy machines
        return page

    yield open_page
    for context, _guard in opened:
        context.close()
    assert [fault for _context, guard in opened for fault in guard.faults] == []


@pytest.fixture
def page(visit):
    """A page on a desktop screen, in English, with JavaScript."""
    return visit()


@pytest.fixture(scope="session")
def writer(browser, site, _people):
    """A user with a long name and posts that are hard to lay out, signed in in their own browser."""
    context = browser.new_context(base_url=site)
    person = Person(context.new_page(), f"p{_people['session']}_writer")
    person.register()
    furnish(person)
    yield person
    context.close()


@pytest.fixture
def register(_people):
    """register(page, name="Susan", locale="fr", username="susan"): create an account, sign in; returns the Person."""

    def make(page, name="", locale=None, username=None):
        _people["count"] += 1
        person = Person(page, username or f"p{_people['session']}_{_people['count']}")
        person.register()
        if name or locale:
            person.edit(name=name, locale=locale)
        return person

    return make


@pytest.fixture
def meet(visit, register, writer):
    """meet(**arguments of visit): a page with the home timeline of a new user who follows `writer`."""

    def meet(**arguments):
        page = visit(**arguments)
        register(page).follow(writer)
        page.goto("/")
        return page

    return meet
