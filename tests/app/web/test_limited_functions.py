"""What `limited` leaves of the functions that it decorates."""

import inspect
import sys

from app.web.rate_limits import limited


def limited_functions():
    """Yield each function of the application that `limited` has decorated, with its name in its module."""
    code = limited("1 per minute")(lambda: None).__code__
    modules = [module for name, module in sys.modules.items() if name.startswith("app.")]
    for name, function in [item for module in modules for item in vars(module).items()]:
        decorated = function
        while inspect.isfunction(decorated) and decorated.__code__ is not code:
            decorated = getattr(decorated, "__wrapped__", None)
        if inspect.isfunction(decorated):
            yield name, function


def test_limited_view_keeps_its_name_and_docstring():
    @limited("1 per minute")
    def view():
        """Show a page."""

    assert (view.__name__, view.__doc__) == ("view", "Show a page.")


def test_every_limited_function_keeps_its_name_and_docstring(application):
    found = list(limited_functions())
    assert {"register", "follow", "translate", "_ask_for_address"} <= {name for name, _function in found}
    for name, function in found:
        assert (function.__name__, function.__doc__) == (name, inspect.unwrap(function).__doc__)
