"""Blocks and their scores, by the compiled core if it is installed, else in Python."""
