"""Set-up of the tests of models, before numpy is loaded."""

import os

# L-BFGS on tiny problems takes ten times as long when OpenBLAS shares its 20 x 20 matrices out to threads
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
