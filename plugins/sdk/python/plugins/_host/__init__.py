"""Runs contract plugins that are written in Python: ``python -m plugins._host --help``.

Nothing is imported here, so that a plugin's tests can have ``plugins._host.protocol`` alone.
"""
