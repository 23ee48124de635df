"""The validation table: cases with exact answers, run through public scenarios.

`python -m tests.validation` (or `make validation`) runs all of them and writes docs/model/validation.md. A case
is a scenario (`one_battery.yaml`, changed) and the exact answers about it; add one to a `cases_*` module.
`pairs` and `random_scenarios` count, over random scenarios, what one more interceptor does (F3).
"""
