"""Angles between directions in the sky."""

from math import atan2, cos, degrees, hypot, radians, sin

Direction = tuple[float, float]


def angular_distance(one: Direction, other: Direction) -> float:
    """Return the angle between two directions.

    Vincenty's formula on the sphere is used, which stays exact for small and for large angles.

    Parameters
    ----------
    one, other
        Right ascension and declination, or any other longitude and latitude, in degrees.

    Returns
    -------
    float
        The angle in degrees, from 0 to 180.

    Raises
    ------
    ValueError
        If a declination is not between -90 and 90.

    Examples
    --------
    >>> angular_distance((0.0, 90.0), (12.3, -90.0))
    180.0
    """
    for _, declination in (one, other):
        if not -90 <= declination <= 90:
            raise ValueError(f"The declination {declination} is not between -90 and 90 degrees.")
    between = radians(other[0] - one[0])
    first, second = radians(one[1]), radians(other[1])
    across = hypot(
        cos(second) * sin(between),
        cos(first) * sin(second) - sin(first) * cos(second) * cos(between),
    )
    along = sin(first) * sin(second) + cos(first) * cos(second) * cos(between)
    return degrees(atan2(across, along))
