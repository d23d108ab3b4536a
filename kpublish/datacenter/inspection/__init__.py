"""Checks of what was uploaded, in a process of its own that can do nothing else."""
