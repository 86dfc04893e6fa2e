"""The points of the contract, in the order in which they are tried. docker/README.md explains them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..images.tar_stream import printable
from .engine import EngineError
from .files import check_code, check_contents
from .leaks import check_secrets
from .running import check_any_uid, check_data, check_environment, check_read_only, check_user
from .serving import check_health, check_logs, check_port, check_stop
from .trial import Trial
from .verdict import FAILED, NOT_JUDGED, PASSED, Failed, NotJudged, Result


@dataclass(frozen=True)
class Point:
    """A point: its rule, a remedy, and a function that returns what it saw, or raises Failed or NotJudged."""

    name: str
    rule: str
    remedy: str
    check: Callable[[Trial], str]

    def judge(self, trial: Trial) -> Result:
        """Tries the point on an image. Never raises because of the image."""
        start, before = time.monotonic(), len(trial.engine.commands)
        try:
            state, seen = PASSED, self.check(trial)
        except Failed as error:
            state, seen = FAILED, str(error)
        except (NotJudged, EngineError, OSError) as error:
            state, seen = NOT_JUDGED, str(error)
        tried = trial.engine.commands[before:]
        return Result(
            name=self.name,
            rule=self.rule,
            state=state,
            seen=printable(seen),
            remedy=self.remedy if state == FAILED else "",
            tried=tried[-1] if tried else "",
            seconds=round(time.monotonic() - start, 1),
        )


POINTS = (
    Point(
        "port",
        "listens on port 5000, or on the one that PORT gives",
        "start boot.sh, or pass the port on: gunicorn -b 0.0.0.0:${PORT:-5000}, not 127.0.0.1",
        check_port,
    ),
    Point(
        "health",
        "answers 200 on /health",
        "serve the application, which answers; a stage of another one names its path in stage.conf",
        check_health,
    ),
    Point(
        "user",
        "does not run as root",
        "RUN useradd microblog, and USER microblog after the last instruction that needs root",
        check_user,
    ),
    Point(
        "code",
        "its user cannot write the code, bytecode and folders included",
        "copy the code as root before USER, without --chown or chown; give the user only the folder for data",
        check_code,
    ),
    Point(
        "stop",
        "stops within 5 s with status 0, also under load",
        'make the server process 1: ENTRYPOINT ["./boot.sh"] in exec form, and exec at the end of a shell script',
        check_stop,
    ),
    Point(
        "data",
        "keeps its data over a restart, and over a replacement with the same volume",
        "ENV DATA_DIR=/data, create /data for the user, and VOLUME /data; no database outside it",
        check_data,
    ),
    Point(
        "environment",
        "APP_ENVIRONMENT is PROD by default; a value that is not known is refused in one line",
        "start boot.sh, which checks it; in a script of yours, a case whose branch *) prints one line and exits 64",
        check_environment,
    ),
    Point(
        "logs",
        "writes its log to standard output and error, and to no file",
        "log to - or /dev/stdout: gunicorn --access-logfile -",
        check_logs,
    ),
    Point(
        "secrets",
        "no secret in a layer, in the environment or in the history",
        "start .dockerignore with * and allow what the image needs; give secrets at run time (-e, NAME_FILE)",
        check_secrets,
    ),
    Point(
        "any-uid",
        "works as any user of group 0",
        "let group 0 write the folder for data, as its user may: install -d -o microblog -g 0 -m 775 /data",
        check_any_uid,
    ),
    Point(
        "read-only",
        "works with a read-only root, a tmpfs on /tmp and a volume for data",
        "write only to DATA_DIR and /tmp, and do at build time what each start would do",
        check_read_only,
    ),
    Point(
        "contents",
        "the application's folder holds the application and nothing else of the checkout",
        "start .dockerignore with *, and allow what the application consists of; or COPY that by name",
        check_contents,
    ),
)
NAMES = tuple(point.name for point in POINTS)
