"""Past one card and one machine: a coordinator plans and joins, workers restore segments into the shared store."""
