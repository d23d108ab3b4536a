"""BUNDLE: manifest, packing, verifying and safe unpacking of analysis packages."""
