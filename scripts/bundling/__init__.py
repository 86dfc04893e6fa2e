"""What `make bundle` collects for a class without a network. Both files run in a base image: `packages`, wheels.py."""
