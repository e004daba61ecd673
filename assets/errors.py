"""The errors that a person using innoregio can meet.

Every message is one line that says what is wrong, where, and what to do. The command line prints the message
without a traceback; anything that is not an `InnoregioError` is a defect of ours and keeps its traceback.
Errors internal to one module do not belong here.
"""

from pathlib import Path


class InnoregioError(Exception):
    """Base of all errors that are the input's or the user's, not the program's."""


class SettingError(InnoregioError):
    """A flag or an `INNOREGIO_*` variable holds what cannot be used: a mistake of usage."""


class ServingError(InnoregioError):
    """A tree cannot be served: there is none, the port is taken, a library is not installed."""


class PortalError(InnoregioError):
    """A portal cannot be reached, or refuses the key."""


class RefusedError(PortalError):
    """A portal does not take one dataset, or has another under its name; other datasets it may take."""


class DescriptorError(InnoregioError):
    """A descriptor in `schemas/` is wrong: names file, line, property, what was found and what is allowed."""

    @property
    def dataset(self) -> str:
        """The dataset whose descriptor is wrong: the stem of the file that the error begins with."""
        return Path(str(self).split(":", 1)[0]).stem


class SourceError(InnoregioError):
    """A snapshot cannot be read whole: cut off, another format, wrong encoding, a row of the wrong width.

    `source` names the file or part, `where` the place in it (line, position, column), `problem` what was
    found.
    """

    def __init__(self, source: str, where: str, problem: str) -> None:
        self.source, self.where, self.problem = source, where, problem
        message = f"{source}: {where}: {problem}" if where else f"{source}: {problem}"
        super().__init__(" ".join(message.splitlines()))  # names that a file gives may hold line ends


class MappingError(InnoregioError):
    """A source column, code or area is unknown to the descriptor, or two sources disagree."""


class StoreError(InnoregioError):
    """A snapshot is missing from store and bundle, or its bytes are not what its provenance says."""


class PublishError(InnoregioError):
    """The output folder cannot take a release (foreign folder, lock held, no space)."""
