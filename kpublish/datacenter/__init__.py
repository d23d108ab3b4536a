"""The data center: a Django project of one app."""
