"""Dates as people write them: names of months, digits and calendars of many languages, times of day, labels."""
