"""Slow clients of Compose's proxy: they keep nobody else out. test_swarm.py has those of a Swarm's."""

from functools import partial

import pytest
from slow import KINDS, PATIENCE, waits_beside_fifty

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("kind", KINDS)
def test_fifty_slow_clients_keep_nobody_out(site, kind):
    waits = waits_beside_fifty(site, kind, partial(site.containers["web"].exec, "python3", "-c"))
    assert max(waits) < PATIENCE
