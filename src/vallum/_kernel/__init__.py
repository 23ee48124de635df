"""The loop over nights, twice: `reference` to read, `fast` to run. Plain arrays only (see `problem`)."""
