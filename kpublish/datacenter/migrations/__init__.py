"""Changes of the database, oldest first; made by Django's makemigrations, shipped in the wheel."""
