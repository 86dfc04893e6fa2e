"""A total timeout for a call to another server.

A socket's timeout applies to each step: it does not bound name resolution, nor a server that sends a byte per second.
So a thread makes the call, and the caller stops waiting at the deadline.
"""

import contextvars
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, call: Callable[[], T], stop: Callable[[], None]) -> T:
    """Return the result of `call`, or raise what it raises; raise TimeoutError after `seconds`.

    At the deadline it calls `stop`, which must close the connection: a slow server could block the thread indefinitely.
    """
    outcome: SimpleQueue[tuple[T, None] | tuple[None, Exception]] = SimpleQueue()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            outcome.put((context.run(call), None))
        except Exception as error:  # raised again below
            outcome.put((None, error))

    threading.Thread(target=run, name="deadline", daemon=True).start()  # the process's end doesn't wait for it
    try:
        result, error = outcome.get(timeout=seconds)
    except Empty:
        stop()
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # None only beside an error
