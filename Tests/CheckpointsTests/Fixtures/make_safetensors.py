"""Writes python.safetensors with the reference implementation; run it in this directory."""

import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "model.norm.weight": np.array([1.0, -0.0, 3.5], dtype=np.float32),
        "model.embed_tokens.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 8,
        "quoted \"name\"": np.array([[np.inf], [np.float32(1e-45)]], dtype=np.float32),
    },
    "python.safetensors",
    metadata={"format": "pt"},
)
save_file({"half": np.zeros(4, dtype=np.float16)}, "half.safetensors")
