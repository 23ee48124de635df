"""Articles read into claims: main text, candidate quantities with speaker and day, groups of one origin.

Rules and word lists, no language model. What is read is for a person to review; `accept` writes what was kept into
the user's own
evidence files, and nothing else does.
"""

from vallum.articles.accepting import Accepted, accept
from vallum.articles.article import Article, from_text, open_article
from vallum.articles.claims import Candidate, Group, Reading, read, read_articles
from vallum.articles.measured import Measure
from vallum.articles.names import canonical
from vallum.articles.quantities import measures
from vallum.articles.review import COLUMNS, review_csv
from vallum.articles.scoring import Score, benchmark

__all__ = [
    "COLUMNS",
    "Accepted",
    "Article",
    "Candidate",
    "Group",
    "Measure",
    "Reading",
    "Score",
    "accept",
    "benchmark",
    "canonical",
    "from_text",
    "measures",
    "open_article",
    "read",
    "read_articles",
    "review_csv",
]
