"""Boosted decision trees: models of extraction, stored as ONNX files, run by ONNX Runtime or without it."""
