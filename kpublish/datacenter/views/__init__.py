"""The HTTP API, version 1: a release is opened, filled and published; then everyone may list, show and download it."""
