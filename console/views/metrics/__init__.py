"""Metrics: how work goes, each figure with its n and its window, each opening the runs it is made of."""
