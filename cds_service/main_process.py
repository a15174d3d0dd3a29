"""A worker ends with the process that started it, also where that one was killed and could tell nobody.

Workers that are left alone would hold the port and answer from it, and no service could be started in their place.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that the kernel sends when the parent is gone."""


def end_with_it() -> None:
    """Have this worker told to stop when its main process is gone; it answers what is under way first.

    Linux only: elsewhere nobody tells, and such workers have to be ended by hand. Does nothing in a process that is
    no worker of its kind.
    """
    main = multiprocessing.parent_process()
    if main is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != main.pid:  # it was gone before it could be watched
        os.kill(os.getpid(), signal.SIGKILL)
