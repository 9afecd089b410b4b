"""Pages of many reports, made on all cores: the process that publishes only judges and writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from analysis.publish.site.paging import parts_of

Item = TypeVar("Item")
Made = TypeVar("Made")
MANY = 40
"""Items from which other processes are worth their start, two seconds of imports."""
AHEAD = 64
"""Items that are made before they are asked for, so that memory does not grow with their number."""


def each(work: Callable[[Item], Made], items: Sequence[Item]) -> Iterator[Made]:
    """What ``work`` makes of each item, in order; where processes die, it is made in this one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    done = 0
    if len(items) >= MANY and (cores or 1) > 1:
        context = get_context("forkserver")
        context.set_forkserver_preload([work.__module__])
        try:
            with ProcessPoolExecutor(cores, mp_context=context) as pool:
                for part in parts_of(items, AHEAD):
                    for made in pool.map(work, part):
                        done += 1
                        yield made
        except BrokenExecutor:
            pass
    yield from map(work, items[done:])
