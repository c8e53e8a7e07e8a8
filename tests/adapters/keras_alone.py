"""Imported before Keras: hides what Keras imports wherever it is installed, which takes seconds in each process."""

import os
import sys
from importlib.machinery import PathFinder

HIDDEN = {"sklearn", "matplotlib", "pandas", "jax", "torch", "tensorflow"} - {os.environ["KERAS_BACKEND"]}


class Finder(PathFinder):
    """Finds no module of these names, as if it were not installed."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return None if fullname in HIDDEN else super().find_spec(fullname, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = Finder
