"""Distance to the event KM3-230213A along three circles of equal declination."""

import matplotlib.pyplot as plt

from {{ cookiecutter.package }} import angular_distance

EVENT = (94.3, -7.8)

figure, axes = plt.subplots(layout="constrained")
for declination, dashes in ((60, ":"), (0, "-"), (-60, "--")):
    distances = [angular_distance(EVENT, (degree, declination)) for degree in range(361)]
    axes.plot(range(361), distances, dashes, label=rf"$\delta = {declination}^\circ$")
axes.set(xlabel="Right ascension [deg]", ylabel="Distance to KM3-230213A [deg]", xlim=(0, 360))
axes.grid()
axes.legend()
figure.savefig("distance.svg")
