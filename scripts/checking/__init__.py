"""Judges a student's Dockerfile for the exercise of a stage, point by point: `make check` and `make check-class`."""
