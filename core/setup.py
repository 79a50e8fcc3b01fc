"""Build the extension modules against the headers that lxml ships."""

import os

import lxml
from Cython.Build import cythonize
from setuptools import Extension, setup

MODULES = (
    *("tags", "blocks", "folded", "block_walk", "containers", "texts", "features", "neighbours", "forests"),
    *("scores", "limits", "marks", "growing", "characters", "words", "sketches"),
)
DIRECTIVES = {"language_level": 3, "cdivision": True}

setup(
    ext_modules=cythonize(
        [
            Extension(
                f"newsbot_core.{name}",
                [f"newsbot_core/{name}.pyx"],
                include_dirs=lxml.get_include(),
                # The same sums as in Python: no operation of a processor that rounds twice as one.
                extra_compile_args=["-O2", "-ffp-contract=off"],
            )
            for name in MODULES
        ],
        compiler_directives=DIRECTIVES,
        build_dir="build",
    ),
    options={"build_ext": {"parallel": os.cpu_count()}},
)
