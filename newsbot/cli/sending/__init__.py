"""Commands of outputs and watches."""
