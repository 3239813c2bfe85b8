"""Losses and gradients of the linear transformer by PyTorch's autograd, prompt matrix and all.

Writes cases.json beside itself. Needs torch. Z <- Z + (1/n) P Z M Z' Q Z, prediction -Z[d, n].
"""

import json
import pathlib

import torch

torch.manual_seed(20260215)
torch.set_default_dtype(torch.float64)


def loss(layers, examples, query, target):
    n, width = examples.shape
    z = torch.cat([examples, torch.cat([query, torch.zeros(1)])[None]]).T
    mask = torch.eye(n + 1)
    mask[n, n] = 0
    for p, q in layers:
        z = z + p @ z @ mask @ z.T @ q @ z / n
    return (-z[width - 1, n] - target) ** 2


cases = []
for d, n, depth, deviation in [(5, 20, 3, 0.05), (5, 20, 3, 0.3), (2, 4, 1, 0.5), (3, 7, 4, 0.2)]:
    layers = [
        tuple((deviation * torch.randn(d + 1, d + 1)).requires_grad_() for _ in "pq")
        for _ in range(depth)
    ]
    weights = torch.randn(d)
    x = torch.randn(n, d)
    examples = torch.cat([x, (x @ weights)[:, None]], dim=1)
    query = torch.randn(d)
    value = loss(layers, examples, query, weights @ query)
    value.backward()
    cases.append(
        {
            "examples": examples.tolist(),
            "query": query.tolist(),
            "target": (weights @ query).item(),
            "layers": [[m.detach().flatten().tolist() for m in layer] for layer in layers],
            "loss": value.item(),
            "gradients": [[m.grad.flatten().tolist() for m in layer] for layer in layers],
        }
    )

pathlib.Path(__file__).with_name("cases.json").write_text(json.dumps(cases))
