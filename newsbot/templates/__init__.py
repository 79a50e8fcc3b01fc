"""Projects that newsbot writes for a beginning."""
