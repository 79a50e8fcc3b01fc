"""Outputs and watches: what has changed is delivered elsewhere, in order and at least once, and what somebody waits for is sent."""
