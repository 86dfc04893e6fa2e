"""Takes images apart: what `make layers` and `make compare` call. The standard library is enough for them.

tar_stream reads a tar in bounds, archive an image that an engine saved, filesystem stacks its layers, efficiency counts
waste as dive does.
"""
