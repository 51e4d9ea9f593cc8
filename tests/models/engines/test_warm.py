"""Warming up leaves nothing for later to compile."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import models

pytestmark = pytest.mark.slow

_LEFT_COLD = """
import sys
from models.engines.warm import warm_up
import models.engines.exact, models.engines.milp

warm_up()
loops = {v for name, module in sys.modules.items() if name.startswith("models") for v in vars(module).values()
         if type(v).__name__ == "CPUDispatcher"}
assert len(loops) > 10
parts = [f for f in loops if f.targetoptions.get("no_cpython_wrapper")]
# they count no references, so an array that one returns would be freed too early
assert not [f for f in parts for s in f.nopython_signatures if "array" in str(s.return_type)]
print(*sorted(f.__name__ for f in loops if not f.signatures))
"""


def called_by_loops() -> set[str]:
    """The functions that compiled loops call: they are compiled, and loaded, as parts of these."""
    trees = [ast.parse(source.read_text("utf-8")) for source in Path(models.__file__).parent.rglob("*.py")]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    loops = [
        f for f in functions if {"compiled", "inner"} & {d.id for d in f.decorator_list if isinstance(d, ast.Name)}
    ]
    calls = [node.func for f in loops for node in ast.walk(f) if isinstance(node, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name)}


def test_every_loop_that_python_calls_is_compiled() -> None:
    # in a process of its own, where no other test has compiled anything
    done = subprocess.run([sys.executable, "-c", _LEFT_COLD], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) - called_by_loops() == set()
