# SPDX-License-Identifier: BSD-3-Clause
import matplotlib.pyplot as plt
