"""Profiles of vendors' exports: a TOML file each, which says in a file's own words what it holds."""

from salestrack.importers.profiles.model import Profile, Rule
from salestrack.importers.profiles.parsing import parse_profile
from salestrack.importers.profiles.recognising import recognised
from salestrack.importers.profiles.shelf import Shelf, check_name

__all__ = ["Profile", "Rule", "Shelf", "check_name", "parse_profile", "recognised"]
