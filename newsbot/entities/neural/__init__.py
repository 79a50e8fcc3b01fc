"""The parts of the English networks: features, word pieces, label decoding, sentence cache."""
