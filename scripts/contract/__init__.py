"""The contract of a packaging (docker/README.md): one function per point, tried on an image through the engine."""
