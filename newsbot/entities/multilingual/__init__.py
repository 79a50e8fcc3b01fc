"""The network of the engine `multi`, which reads every language, and its tokenizer."""
