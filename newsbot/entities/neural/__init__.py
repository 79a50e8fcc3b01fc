"""The parts of the English networks: tokens, features, label decoding, sentences."""
