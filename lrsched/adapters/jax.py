"""Importing this makes every schedule a JAX pytree, those made before JAX was imported among them."""

import jax  # noqa: F401  # pyright: ignore[reportUnusedImport]  (the registration asks whether it was imported)

from ..core.pytree import register_with_jax

register_with_jax()
