"""How far a date may be in the future. A module of its own, because the store needs nothing else of dates."""

from datetime import timedelta

MAX_AHEAD = timedelta(days=1)
"""How far a date may be in the future: clocks of publishers are ahead, and so are dates read without their zone."""
