"""How newsbot starts fast: what is imported when, and how rarely Python looks for reference cycles."""
