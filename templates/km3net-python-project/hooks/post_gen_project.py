"""Says what comes next; it changes nothing."""

print("""
Your repository is ready. Next:
  cd {{ cookiecutter.slug }}
  kpublish init
  make install-dev && make test
  kpublish validate""")
