"""Says what comes next; it changes nothing."""

print("""
Your repository is ready. Next:
  cd {{ cookiecutter.slug }}
  kpublish init
  kpublish validate && make pdf html""")
