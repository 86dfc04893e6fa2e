"""What services raise; `app/web/errors.py` alone knows what HTTP makes of it."""


class DomainError(Exception):
    """A rule of the application was broken; the message is for the person, in their language."""


class NotAllowed(DomainError):
    """This person may not do that."""


class NotFound(DomainError):
    """There is no such thing, or none that this person may see."""


class Unavailable(DomainError):
    """Something outside that this needs doesn't work now; later is worth a try."""


class Invalid(DomainError):
    """A value breaks a rule; `field` names it as the form and the API do.

    `others` are errors of other fields, found at the same time.
    """

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field
        self.others: list[Invalid] = []


class Malformed(DomainError):
    """What a program sent has not the shape that the API wants; `faults` maps its fields to what is wrong, nested."""

    def __init__(self, faults: dict):
        super().__init__("; ".join(_told(faults)))


def _told(faults, field=""):
    """Each fault as "field: what is wrong"; parts of fields are joined by points."""
    for name, fault in faults.items():
        # "_schema" is marshmallow's name for the whole.
        whole = field if name == "_schema" else f"{field}.{name}".strip(".")
        if isinstance(fault, dict):
            yield from _told(fault, whole)
        else:
            yield f"{whole}: {' '.join(map(str, fault))}".removeprefix(": ")
