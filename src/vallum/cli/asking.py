"""`vallum ask`: an article's claims checked, and the scenarios that answer it."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from vallum.cli import options
from vallum.cli.running import Progress
from vallum.errors import ArticleError

EXAMPLES: Final = """Examples:\n
  vallum ask "eight missiles incoming and none left"\n
  vallum ask article.txt --as-of 2025-07-04\n
  vallum ask "20 Patriot systems and a licence would be enough" --run
"""


def ask(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="A sentence in quotation marks, or a file: text, HTML or PDF.")
    ],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Day of the text; it picks the base scenario.")
    ] = None,
    run: Annotated[bool, typer.Option("--run", help="Run the scenario that answers the first question.")] = False,
    pick: Annotated[
        int, typer.Option("--pick", min=1, metavar="N", help="With --run: the scenario of question N.")
    ] = 1,
    futures: options.Futures = 2_000,
    seed: options.Seed = 0,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Check what a text claims against evidence and record, and propose the scenarios that answer it."""
    from vallum import ask as asking  # help must not wait for the rules
    from vallum.report import asked

    answer = asking.ask(text, options.as_of_date(as_of))
    result = _run(answer, pick, futures, seed, quiet) if run else None
    if json:
        typer.echo(asked.asked_json(answer, result.as_dict() if result is not None else None))
        return
    typer.echo(asked.asked_text(answer))
    if result is not None:
        from vallum import report  # the words of a result load the charts

        typer.echo(f"\n{answer.proposals[pick - 1].command}\n")
        typer.echo(report.summary(result))


def _run(answer: Any, pick: int, futures: int, seed: int, quiet: bool) -> Any:
    """Run the scenario of one question. Raises ArticleError where there is none."""
    if pick > len(answer.proposals):
        raise ArticleError(
            f"--pick {pick}: the text asks {len(answer.proposals)} questions that a scenario answers; leave out "
            f"--run to see them"
        )
    proposal = answer.proposals[pick - 1]
    if not proposal.scenario:
        raise ArticleError(
            f"--run: question {pick} is answered by no scenario, but by: {proposal.command}; choose another with --pick"
        )
    from vallum import campaign  # help must not wait for the model

    with Progress(quiet) as progress:
        progress.say_if_compiling()
        return campaign.run(proposal.read(), futures, seed, progress=progress.tell)
