"""What services raise; `app/errors.py` alone knows what HTTP makes of it."""


class DomainError(Exception):
    """A rule of the application was broken; the message is for the person, in their language."""


class NotAllowed(DomainError):
    """This person may not do that."""


class NotFound(DomainError):
    """There is no such thing, or none that this person may see."""


class Invalid(DomainError):
    """A value breaks a rule; `field` names it as the form and the API do."""

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field
