"""A page of a repository's figures and tables with the findings beside them, which follows what is saved.

``watching`` sees that a file was saved, ``workshop`` makes a :class:`~kpublish.preview.snapshot.Snapshot` of the repository,
``page`` shows it, ``server`` brings it to browsers of this machine.
"""
