"""The functions that exported code is made of. Their sources are written into it; nothing else calls them.

`xp` stands for the words of a target: `xp.minimum(a, b)` is `min(a, b)` in Python and `jnp.minimum(a, b)` in JAX.
"""
