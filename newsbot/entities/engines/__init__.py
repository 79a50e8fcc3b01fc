"""The engines that find names, one module each."""
