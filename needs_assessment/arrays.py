"""The kinds of array that the library computes with, each under one name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Single = NDArray[np.float32]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
