"""The languages that the engine `multi` reads (ISO 639-1)."""

from __future__ import annotations

_TRAINED = "ar bn da de en et fa fi hi hr hu id ja ko lv nb nn no pl pt ro ru sk sr sv th tr zh"
_OTHERS = (
    "af am as az be bg br bs ca cs cy el eo es eu fr fy ga gd gl gu ha he hy is it jv ka kk km kn ku ky la lo lt mg mk ml"
    " mn mr ms my ne nl om or pa ps sa sd si sl so sq su sw ta te tl ug uk ur uz vi xh yi"
)
TRAINED = frozenset(_TRAINED.split())
"""Languages with labelled sentences in the training."""
READ = TRAINED | frozenset(_OTHERS.split())
"""All languages of the texts that the encoder was made from (Conneau et al. 2020, XLM-R)."""
