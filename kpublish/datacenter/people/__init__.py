"""Accounts, what people are in projects, and how they sign in."""
