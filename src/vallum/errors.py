"""What can go wrong, as one short tree.

VallumError                    anything that vallum says itself; the command line exits with 2
├── InputError                 a list of problems found in something that the user gave
│   ├── ScenarioError          a scenario, a package or a --set
│   ├── EvidenceError          sources, claims, parameters
│   ├── ArticleError           an article, or a question about one, that cannot be read
│   └── RecordError            a night table or an attack record
├── ExactError                 a bad argument to an exact twin
└── RunError                   a run that cannot be made as asked
"""

from __future__ import annotations

from collections.abc import Iterable


class VallumError(Exception):
    """Anything that vallum refuses or cannot do, said in words for the user."""


class InputError(VallumError):
    """Problems in the user's input: all of them at once, one line each."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[str, ...]]]:
        """Travel between processes with each problem apart."""
        return type(self), (self.problems,)


class ScenarioError(InputError):
    """A scenario, a package or a --set is not what the schema allows."""


class EvidenceError(InputError):
    """A source, a claim or a parameter is missing or malformed."""


class ArticleError(InputError):
    """An article, a reviewed table of its claims or a question about it cannot be read."""


class RecordError(InputError):
    """A night table or an attack record cannot be read."""


class ExactError(VallumError):
    """A bad argument to an exact twin."""


class RunError(VallumError):
    """A run that cannot be made as asked."""
