"""What the package offers: its public names, and its version."""

from {{ cookiecutter.package }}.angles import angular_distance

__all__ = ["angular_distance"]
__version__ = "{{ cookiecutter.version }}"
