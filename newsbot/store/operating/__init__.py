"""What those who run newsbot watch."""
