"""Metrics for Prometheus. Imported only if METRICS=1.

Signals received: `attempt_ended` of `jobs`.
"""
