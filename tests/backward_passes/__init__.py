"""The things that people look up, written from their definitions in JAX; nothing here comes from derive."""
