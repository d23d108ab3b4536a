"""Distances of known sources from the event KM3-230213A.

The direction of the event is that of its publication, https://doi.org/10.1038/s41586-024-08543-1.
"""

from {{ cookiecutter.package }} import angular_distance

EVENT = (94.3, -7.8)
SOURCES = {
    "Crab nebula": (83.63, 22.01),
    "TXS 0506+056": (77.36, 5.69),
    "Galactic centre": (266.42, -29.01),
}

for name, direction in sorted(SOURCES.items()):
    print(f"{name:16} {angular_distance(EVENT, direction):6.1f} degrees")
