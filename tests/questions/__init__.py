"""The questions held against exact answers: a hundred seeds each, and the tables that docs/questions print."""
