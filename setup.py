"""Put what ``analysis new`` copies into the wheel; all else stands in pyproject.toml.

Package data cannot lie outside the package, and notebooks belong to the project's root.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PARTS = ("notebooks", "params", "data", "examples")


class WithStarter(build_py):
    """The package with a folder ``starter`` in it."""

    def run(self):
        """Build, then copy; an editable package finds the folders where they are."""
        super().run()
        if self.editable_mode:
            return
        starter = Path(self.build_lib, "analysis", "starter")
        shutil.rmtree(starter, ignore_errors=True)
        for part in PARTS:
            left_out = shutil.ignore_patterns("simulated", "__pycache__", ".ipynb_checkpoints")
            shutil.copytree(part, starter / part, ignore=left_out)


setup(cmdclass={"build_py": WithStarter})
