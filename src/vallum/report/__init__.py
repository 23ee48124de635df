"""An answer to hand up: as text, as figures with the tables behind them, and as a page with its trail."""

from vallum.report.charts import Plots, draw, svg
from vallum.report.description import described, description
from vallum.report.folder import json_text, national, refuse_foreign, write
from vallum.report.page import page
from vallum.report.summary import summary
from vallum.report.tables import Column, Table, figures

__all__ = [
    "Column",
    "Plots",
    "Table",
    "described",
    "description",
    "draw",
    "figures",
    "json_text",
    "national",
    "page",
    "refuse_foreign",
    "summary",
    "svg",
    "write",
]
