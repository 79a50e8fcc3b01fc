"""The kinds of outputs that newsbot brings, one module each."""
