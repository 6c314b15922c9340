"""The version of the product; part of the recipe that names a release."""

__version__ = "0.1.0"
