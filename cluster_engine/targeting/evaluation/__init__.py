"""Measuring predictions honestly: metrics, intervals, baselines, and guards against leaks."""
