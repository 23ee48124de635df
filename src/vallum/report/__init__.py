"""An answer to hand up: as text, as figures with the tables behind them, and as a page with its trail."""

from vallum.report.batched import batch_estimate, batch_json, batch_text, write_workbook
from vallum.report.charts import Plots, draw, svg
from vallum.report.description import described, description
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
from vallum.report.folder import json_text, national, refuse_foreign, write
from vallum.report.kept import export, kept_note, runs_json, runs_text
from vallum.report.page import page
from vallum.report.summary import summary
from vallum.report.supply import supply_json, supply_text, write_supply
from vallum.report.tables import Column, Table, figures

__all__ = [
    "Column",
    "Plots",
    "Table",
    "batch_estimate",
    "batch_json",
    "batch_text",
    "described",
    "description",
    "draw",
    "explained",
    "explained_figure",
    "explained_json",
    "export",
    "figures",
    "json_text",
    "kept_note",
    "national",
    "nights_table",
    "page",
    "pair_story",
    "refuse_foreign",
    "refuse_foreign_explained",
    "runs_json",
    "runs_text",
    "story",
    "summary",
    "supply_json",
    "supply_text",
    "svg",
    "write",
    "write_explained",
    "write_supply",
    "write_workbook",
]
