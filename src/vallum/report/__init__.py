"""An answer to hand up: as text, as figures with the tables behind them, and as a page with its trail."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from vallum.report.charts import Plots, draw, svg
from vallum.report.controls import controls
from vallum.report.description import described, description
from vallum.report.folder import json_text, national, refuse_foreign, write
from vallum.report.headline import costs, headline, of_costs, standards_met, workbook
from vallum.report.hypothetical import hypothetical, outlines
from vallum.report.kept import export, kept_note, runs_json, runs_text
from vallum.report.page import page
from vallum.report.sentences import cards, of_figure
from vallum.report.summary import summary
from vallum.report.supply import supply_json, supply_text, write_supply
from vallum.report.tables import Column, Table, figures
from vallum.report.words import in_words

if TYPE_CHECKING:
    from vallum.report.batched import batch_estimate, batch_json, batch_text, write_workbook
    from vallum.report.compared import (
        compared,
        compared_failing,
        compared_figure,
        compared_sentences,
        fails,
        refuse_foreign_compared,
        write_compared,
    )
    from vallum.report.explained import (
        explained,
        explained_json,
        nights_table,
        pair_story,
        refuse_foreign_explained,
        story,
        write_explained,
    )
    from vallum.report.explained_chart import explained_figure
    from vallum.report.ledger import donors_text as ledger_donors_text
    from vallum.report.ledger import imported_text as ledger_imported_text
    from vallum.report.ledger import reconciled_json as ledger_reconciled_json
    from vallum.report.ledger import reconciled_text as ledger_reconciled_text
    from vallum.report.ledger import rows_json as ledger_rows_json
    from vallum.report.ledger import totals_text as ledger_totals_text
    from vallum.report.placed import (
        placed,
        placed_curve,
        placed_figure,
        placed_map,
        placed_sentences,
        refuse_foreign_placed,
        write_placed,
    )
    from vallum.report.sensed import (
        effort_told,
        refuse_foreign_sensed,
        sensed,
        sensed_figure,
        sensed_sentences,
        write_sensed,
    )
    from vallum.report.sensed_page import sensed_page
    from vallum.report.sized import (
        frontier_figure,
        frontier_sentences,
        frontier_text,
        refuse_foreign_sized,
        sized,
        sized_figure,
        sized_sentences,
        write_sized,
    )
    from vallum.report.sized_page import sized_page
    from vallum.report.sources import (
        Checked,
        checked_text,
        conflicts_json,
        conflicts_text,
        evidence_list,
        evidence_list_text,
        evidence_show,
        evidence_show_text,
        used_by,
        used_by_text,
    )

#: Public name -> module and name in it. These stand on the room of one question each; a run waits for none of them.
_WHEN_ASKED: Final = {
    "Checked": "sources.Checked",
    "batch_estimate": "batched.batch_estimate",
    "batch_json": "batched.batch_json",
    "batch_text": "batched.batch_text",
    "checked_text": "sources.checked_text",
    "compared": "compared.compared",
    "compared_failing": "compared.compared_failing",
    "compared_figure": "compared.compared_figure",
    "compared_sentences": "compared.compared_sentences",
    "conflicts_json": "sources.conflicts_json",
    "conflicts_text": "sources.conflicts_text",
    "effort_told": "sensed.effort_told",
    "evidence_list": "sources.evidence_list",
    "evidence_list_text": "sources.evidence_list_text",
    "evidence_show": "sources.evidence_show",
    "evidence_show_text": "sources.evidence_show_text",
    "explained": "explained.explained",
    "explained_figure": "explained_chart.explained_figure",
    "explained_json": "explained.explained_json",
    "fails": "compared.fails",
    "frontier_figure": "sized.frontier_figure",
    "frontier_sentences": "sized.frontier_sentences",
    "frontier_text": "sized.frontier_text",
    "ledger_donors_text": "ledger.donors_text",
    "ledger_imported_text": "ledger.imported_text",
    "ledger_reconciled_json": "ledger.reconciled_json",
    "ledger_reconciled_text": "ledger.reconciled_text",
    "ledger_rows_json": "ledger.rows_json",
    "ledger_totals_text": "ledger.totals_text",
    "nights_table": "explained.nights_table",
    "pair_story": "explained.pair_story",
    "placed": "placed.placed",
    "placed_curve": "placed.placed_curve",
    "placed_figure": "placed.placed_figure",
    "placed_map": "placed.placed_map",
    "placed_sentences": "placed.placed_sentences",
    "refuse_foreign_compared": "compared.refuse_foreign_compared",
    "refuse_foreign_explained": "explained.refuse_foreign_explained",
    "refuse_foreign_placed": "placed.refuse_foreign_placed",
    "refuse_foreign_sensed": "sensed.refuse_foreign_sensed",
    "refuse_foreign_sized": "sized.refuse_foreign_sized",
    "sensed": "sensed.sensed",
    "sensed_figure": "sensed.sensed_figure",
    "sensed_page": "sensed_page.sensed_page",
    "sensed_sentences": "sensed.sensed_sentences",
    "sized": "sized.sized",
    "sized_figure": "sized.sized_figure",
    "sized_page": "sized_page.sized_page",
    "sized_sentences": "sized.sized_sentences",
    "story": "explained.story",
    "used_by": "sources.used_by",
    "used_by_text": "sources.used_by_text",
    "write_compared": "compared.write_compared",
    "write_explained": "explained.write_explained",
    "write_placed": "placed.write_placed",
    "write_sensed": "sensed.write_sensed",
    "write_sized": "sized.write_sized",
    "write_workbook": "batched.write_workbook",
}

__all__ = [
    "Checked",
    "Column",
    "Plots",
    "Table",
    "batch_estimate",
    "batch_json",
    "batch_text",
    "cards",
    "checked_text",
    "compared",
    "compared_failing",
    "compared_figure",
    "compared_sentences",
    "conflicts_json",
    "conflicts_text",
    "controls",
    "costs",
    "described",
    "description",
    "draw",
    "effort_told",
    "evidence_list",
    "evidence_list_text",
    "evidence_show",
    "evidence_show_text",
    "explained",
    "explained_figure",
    "explained_json",
    "export",
    "fails",
    "figures",
    "frontier_figure",
    "frontier_sentences",
    "frontier_text",
    "headline",
    "hypothetical",
    "in_words",
    "json_text",
    "kept_note",
    "ledger_donors_text",
    "ledger_imported_text",
    "ledger_reconciled_json",
    "ledger_reconciled_text",
    "ledger_rows_json",
    "ledger_totals_text",
    "national",
    "nights_table",
    "of_costs",
    "of_figure",
    "outlines",
    "page",
    "pair_story",
    "placed",
    "placed_curve",
    "placed_figure",
    "placed_map",
    "placed_sentences",
    "refuse_foreign",
    "refuse_foreign_compared",
    "refuse_foreign_explained",
    "refuse_foreign_placed",
    "refuse_foreign_sensed",
    "refuse_foreign_sized",
    "runs_json",
    "runs_text",
    "sensed",
    "sensed_figure",
    "sensed_page",
    "sensed_sentences",
    "sized",
    "sized_figure",
    "sized_page",
    "sized_sentences",
    "standards_met",
    "story",
    "summary",
    "supply_json",
    "supply_text",
    "svg",
    "used_by",
    "used_by_text",
    "workbook",
    "write",
    "write_compared",
    "write_explained",
    "write_placed",
    "write_sensed",
    "write_sized",
    "write_supply",
    "write_workbook",
]


class _Porch(ModuleType):
    """This room: a module that comes in and has the name of a public function does not take its place."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a name; where a module is put under the name of a function of it, the function."""
        public = isinstance(value, ModuleType) and name in __all__
        super().__setattr__(name, getattr(value, name) if public else value)


sys.modules[__name__].__class__ = _Porch


def __getattr__(name: str) -> Any:
    if name not in _WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, inner = _WHEN_ASKED[name].split(".")
    made = getattr(import_module(f"{__name__}.{module}"), inner)
    setattr(sys.modules[__name__], name, made)
    return made


def __dir__() -> list[str]:
    return sorted(__all__)
