"""Settings with which a process believes itself on an older processor, whatever the one it runs on.

The C library, numpy and the linear algebra that it brings choose between several ways to compute by what the processor
can do. Sums and exponentials of these ways may differ in the last digit, and sorting in the order of equals.
"""

from numpy._core import _multiarray_umath as numpy_core

_CORE = vars(numpy_core)

OLDER = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX512VL,-AVX2,-AVX,-FMA,-FMA4",
    "OPENBLAS_CORETYPE": "Nehalem",
    "NPY_DISABLE_CPU_FEATURES": " ".join(name for name in _CORE["__cpu_dispatch__"] if _CORE["__cpu_features__"][name]),
}
