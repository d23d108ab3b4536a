"""Trusted publishing: what GitLab CI says about a job (``id_tokens``) becomes a token that lives for a quarter of an hour."""
