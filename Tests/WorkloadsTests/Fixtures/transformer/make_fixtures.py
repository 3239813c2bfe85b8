#!/usr/bin/env python3
"""Losses and gradients of Hugging Face decoders, for TransformerFixtureTests.

Needs torch and transformers; writes cases.json and one .f32 file of parameters and one of gradients
a case (little-endian float32, blocks in the order of the program's layout) beside this script.
"""
import json
import pathlib

import torch
import torch.nn.functional as F
from transformers import GemmaConfig, GemmaForCausalLM, LlamaConfig, LlamaForCausalLM
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.models.gemma2 import modeling_gemma2

HERE = pathlib.Path(__file__).parent
SHAPE = dict(layers=2, width=16, heads=2, ffn=24, context=12, vocabulary=23)
BATCH, LENGTH = 3, 11
ATTENTION_CAP, FINAL_CAP = 50.0, 30.0


def capped_attention(module, query, key, value, attention_mask, **kwargs):
    kwargs["softcap"] = ATTENTION_CAP
    return modeling_gemma2.eager_attention_forward(module, query, key, value, attention_mask, **kwargs)


ALL_ATTENTION_FUNCTIONS.register("capped", capped_attention)


def build(architecture, tied, capped):
    common = dict(
        vocab_size=SHAPE["vocabulary"], hidden_size=SHAPE["width"], intermediate_size=SHAPE["ffn"],
        num_hidden_layers=SHAPE["layers"], num_attention_heads=SHAPE["heads"],
        num_key_value_heads=SHAPE["heads"], head_dim=SHAPE["width"] // SHAPE["heads"],
        max_position_embeddings=SHAPE["context"], rms_norm_eps=1e-5, tie_word_embeddings=tied,
        attn_implementation="eager", pad_token_id=None, bos_token_id=None, eos_token_id=None)
    if architecture == "llama":
        model = LlamaForCausalLM(LlamaConfig(rope_theta=10000.0, **common))
    else:
        model = GemmaForCausalLM(GemmaConfig(
            rope_theta=10000.0, hidden_act="gelu_pytorch_tanh",
            hidden_activation="gelu_pytorch_tanh", **common))
    if capped:
        # Only the mask of the eager path is wanted; the function is Gemma 2's own.
        for layer in model.model.layers:
            layer.self_attn.config._attn_implementation_internal = "capped"
        from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, eager_mask
        ALL_MASK_ATTENTION_FUNCTIONS.register("capped", eager_mask)
    return model


def names(tied):
    order = ["model.embed_tokens.weight"]
    for i in range(SHAPE["layers"]):
        order += [f"model.layers.{i}.self_attn.{n}_proj.weight" for n in "qkvo"]
        order += [f"model.layers.{i}.mlp.{n}_proj.weight" for n in ("gate", "up", "down")]
        order += [f"model.layers.{i}.{n}_layernorm.weight" for n in ("input", "post_attention")]
    order.append("model.norm.weight")
    return order if tied else order + ["lm_head.weight"]


def write(path, tensors):
    flat = torch.cat([t.detach().float().reshape(-1) for t in tensors])
    path.write_bytes(flat.numpy().astype("<f4").tobytes())


def case(name, architecture, tied, capped, seed):
    torch.manual_seed(seed)
    model = build(architecture, tied, capped)
    parameters = dict(model.named_parameters())
    scale = 3.0 if capped else 1.0  # large scores, so that the caps bend them
    with torch.no_grad():
        for key, p in parameters.items():
            if p.dim() == 1:
                p.copy_((0.0 if architecture == "gemma" else 1.0) + 0.2 * torch.randn_like(p))
            else:
                p.copy_(scale * 0.3 * torch.randn_like(p))
    inputs = torch.randint(0, SHAPE["vocabulary"], (BATCH, LENGTH))
    targets = torch.randint(0, SHAPE["vocabulary"], (BATCH, LENGTH))
    logits = model(inputs).logits
    if capped:
        logits = FINAL_CAP * torch.tanh(logits / FINAL_CAP)
    loss = F.cross_entropy(logits.reshape(-1, SHAPE["vocabulary"]), targets.reshape(-1))
    loss.backward()
    order = names(tied)
    assert sorted(order) == sorted(parameters), set(order) ^ set(parameters)
    write(HERE / f"{name}.parameters.f32", [parameters[n] for n in order])
    write(HERE / f"{name}.gradients.f32", [parameters[n].grad for n in order])
    return dict(
        name=name, architecture=architecture, tied=tied,
        attentionSoftcap=ATTENTION_CAP if capped else 0.0, finalSoftcap=FINAL_CAP if capped else 0.0,
        loss=loss.item(), inputs=inputs.tolist(), targets=targets.tolist(),
        lastLogits=logits[0, -1].tolist(), names=order, **SHAPE)


def main():
    cases = [
        case("llama-untied", "llama", False, False, 1),
        case("llama-tied", "llama", True, False, 2),
        case("gemma", "gemma", True, False, 3),
        case("gemma-capped", "gemma", True, True, 4),
    ]
    (HERE / "cases.json").write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()
