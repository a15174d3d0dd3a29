"""One module per command of `opioid-cds`, named like the command; each holds a click command called `command`."""
