"""The composition root for any WSGI server: `cds_service.wsgi:app`."""

from __future__ import annotations

import gc

from cds_service import callers, main_process
from cds_service.app import create_app
from cds_service.log_lines import configure_logging
from cds_service.settings import load

main_process.end_with_it()
configure_logging()
settings = load()
callers.warn_if_open(settings)
app = create_app(settings)

# What was loaded stays for good: the collector need not walk it again during a request.
gc.collect()
gc.freeze()
# A request makes thousands of small values and no cycles: looking for cycles less often saves a sixth of its CPU.
gc.set_threshold(50_000, 20, 20)
