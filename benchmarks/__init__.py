"""How fast lrsched is, beside its peers: `python -m benchmarks` prints the table, `--write` puts it in the docs."""
