"""The points of how a container may be run: environments, users, a read-only root, kept data."""

from __future__ import annotations

import base64
import json

from .container import Answer, Container
from .engine import one_line
from .trial import Trial
from .verdict import Failed, NotJudged

ANY_UID = "54321:0"
WRONG = "nonsense"
PASSWORD = "three green kettles sing"


def check_user(trial: Trial) -> str:
    """No process runs as root."""
    identities = trial.identities
    for identity, command in identities:
        if identity.uid == 0:
            raise Failed(f"runs as root: {one_line(command, 80)}")
    numbers = ", ".join(sorted({str(identity.uid) for identity, _ in identities}))
    return f"no process is root's: uid {numbers}"


def check_environment(trial: Trial) -> str:
    """APP_ENVIRONMENT is PROD by default, may be DEV unless that is refused, and nothing else."""
    answer = trial.server.request("/")
    if answer and answer.is_of_development_server:
        raise Failed("without APP_ENVIRONMENT, Flask's development server answers")
    refused = {}
    for value in (WRONG, "DEV"):
        with trial.running("-e", f"APP_ENVIRONMENT={value}") as container:
            if container.wait_for_end(trial.answers):
                refused[value] = _refusal(container, value)
            elif not (answer := container.request(trial.answers)):
                raise Failed(f"with APP_ENVIRONMENT={value} it neither answers nor ends")
            elif value == WRONG:
                raise Failed(f"APP_ENVIRONMENT={value} is not refused: the server starts")
    return f"PROD by default; {refused[WRONG]}; " + (refused.get("DEV") or "DEV answers")


def _refusal(container: Container, value: str) -> str:
    """Returns how a container refused a value of APP_ENVIRONMENT: with one line and a status other than 0."""
    status = container.state["ExitCode"]
    lines = [line for line in container.log().splitlines() if line.strip()]
    if status == 0:
        raise Failed(f"APP_ENVIRONMENT={value} ends the container with status 0, as if all were well")
    if len(lines) != 1:
        raise Failed(f"APP_ENVIRONMENT={value} is refused with {len(lines)} lines in the log instead of one")
    return f"{value} is refused with status {status} and one line"


def check_any_uid(trial: Trial) -> str:
    """It works as a user that the image does not know, in group 0."""
    with trial.answering("--user", ANY_UID) as container:
        _expect_ok(trial, container)
    return f"{trial.answers} answers 200 as user {ANY_UID}"


def check_read_only(trial: Trial) -> str:
    """It works on a read-only root; /tmp is a tmpfs, and the data is in a volume."""
    options = ["--read-only", "--tmpfs", "/tmp"]
    if trial.engine.is_podman:
        options.append("--read-only-tmpfs=false")  # Podman's default also makes /run and /var/tmp writable
    folder = trial.data_folder
    if folder and folder not in trial.volumes:
        options += ["-v", f"{trial.engine.create_volume()}:{folder}"]
    with trial.answering(*options) as container:
        _expect_ok(trial, container)
    return f"{trial.answers} answers 200 with a read-only root"


def _expect_ok(trial: Trial, container: Container) -> None:
    """Raises Failed if the path answers otherwise than it does without options."""
    usual, answer = trial.server.request(trial.answers), container.request(trial.answers)
    if not answer or (usual and answer.status != usual.status):
        raise Failed(f"{trial.answers} answers {answer.status if answer else 'nothing'}")


def check_data(trial: Trial) -> str:
    """An account is still there after a restart, and in a new container with the same volume."""
    folder = trial.data_folder
    assert trial.server
    if not folder:
        raise Failed("the image names no folder for data: neither ENV DATA_DIR nor VOLUME")
    name = f"accept{trial.engine.run}"
    volume = ("-v", f"{trial.engine.create_volume()}:{folder}")
    with trial.answering(*volume) as container:
        account = {"username": name, "email": f"{name}@mail.example", "password": PASSWORD}
        answer = container.request(
            "/api/users", method="POST", body=json.dumps(account), headers={"Content-Type": "application/json"}
        )
        if answer and answer.status in (404, 405):
            raise NotJudged(f"it stores nothing that can be asked for: POST /api/users answers {answer.status}")
        if not answer or answer.status != 201:
            raise Failed(f"POST /api/users answers {answer.status if answer else 'nothing'}")
        container.stop()
        container.restart(trial.answers)
        _expect_account(container, name, "a restart")
        # As an upgrade does: the old container ends first.
        container.stop()
    with trial.answering(*volume) as container:
        _expect_account(container, name, f"a replacement with the same volume at {folder}")
    return f"an account outlives a restart and a replacement, in {folder}"


def _expect_account(container: Container, name: str, event: str) -> None:
    """Raises Failed unless a user can sign in."""
    credentials = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    answer: Answer | None = container.request("/api/tokens", method="POST", headers=headers)
    if not answer or answer.status not in (200, 201):
        raise Failed(f"an account is lost after {event}: POST /api/tokens answers {answer and answer.status}")
