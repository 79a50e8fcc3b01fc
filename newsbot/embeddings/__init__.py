"""Vectors of articles: close to each other where articles are about the same things, in whatever language.

from newsbot.embeddings import similarity
from newsbot.embeddings.embedder import load_embedder

embedder = load_embedder()
bridge = embedder.vector("Bridge reopens", "The bridge over the Oder ...")
similarity(bridge, embedder.vector("Brücke wieder frei", "Die Oderbrücke ..."))
"""

from newsbot.embeddings.vectors import VECTOR_SIZE, VERSION, similarity

__all__ = ["VECTOR_SIZE", "VERSION", "similarity"]
