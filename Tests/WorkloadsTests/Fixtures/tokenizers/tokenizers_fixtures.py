#!/usr/bin/env python3
"""Tokenizers trained with PyPI `tokenizers`, and what they make of a mixed text.

    tokenizers_fixtures.py fixtures            writes the files beside this script (committed)
    tokenizers_fixtures.py compare BINARY [BYTES [SEED]]
                                               a text of a megabyte against `BINARY tokens`
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

HERE = pathlib.Path(__file__).parent
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
          r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")

WORDS = ("the of and to in a is that for it as was with be by on not he his but at are this "
         "have from or had an they which one you were all her she there would their we him been "
         "Größe Straße naïve café cafe\u0301 Ångström \u212bngstr\u00f6m résumé fiancée "
         "привет мир спасибо 你好 世界 こんにちは 안녕하세요 ﬁne ﬆone ſtone שלום مرحبا").split()
CODE = ["def f(x):\n    return x ** 2  # ok\n", "if (a != b) { c += 1; }\n", "\tfor i in 0..<10 {\r\n",
        "x = {'a': [1, 2.5e-3], \"b\": None}\n", "SELECT * FROM t WHERE id=42;\n", "a->b::c<d>&&e||!f\n",
        "\\frac{1}{2}\\alpha_{i+1}^{2}", "</div><br/>\n\n", "0xDEADBEEF 1_000_000 3.14159 ½ ² ٣٤ ⅷ 一\n"]
SIGNS = ["😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "e\u0301\u0323", "\u00a0", "\u3000", "\u2028", "…", "—", "\u200d", "\u0000",
         "\u0085", "\t\t", "   ", "\n\n\n", " \n ", "\r\n\r\n", "'S", "'ll", "'LL", "'ſ", "it's", "I'VE",
         "don't", "▁", "<0x41>", "Ġ", "Ċ", "<s>", "<|end|>", "<|end|><|end|>", "ABC", "\ufeff", "\U0010ffff"]


def mixed(size, seed):
    """Code, prose in several scripts, emoji, combining marks, odd spaces, digits."""
    pick = random.Random(seed)
    parts, length = [], 0
    while length < size:
        kind = pick.random()
        if kind < 0.5:
            text = " ".join(pick.choice(WORDS) for _ in range(pick.randint(1, 12)))
            text += pick.choice([". ", ", ", "\n", "", "  ", "! "])
        elif kind < 0.7:
            text = pick.choice(CODE)
        elif kind < 0.85:
            text = pick.choice(SIGNS)
        elif kind < 0.95:
            text = str(pick.randrange(10 ** pick.randint(1, 9)))
        else:
            text = "".join(chr(pick.choice([pick.randrange(32, 0x300), pick.randrange(0x370, 0xd800),
                                            pick.randrange(0x1f300, 0x1f700)])) for _ in range(4))
        parts.append(text)
        length += len(text.encode())
    return "".join(parts)


def byte_level(pre, decoder=True, **model):
    made = Tokenizer(BPE(**model))
    made.pre_tokenizer = pre
    made.decoder = decoders.ByteLevel()
    return made, BpeTrainer(
        vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=["<|end|>"])


def marked(normalizer, pre, decoder):
    made = Tokenizer(BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    made.normalizer, made.pre_tokenizer, made.decoder = normalizer, pre, decoder
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    return made, BpeTrainer(
        vocab_size=620, limit_alphabet=120, show_progress=False,
        special_tokens=["<unk>", "<s>", "</s>"] + bytes_)


LLAMA2_DECODER = decoders.Sequence([
    decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])

KINDS = {
    "byte-level": lambda: byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False)),
    "digits": lambda: byte_level(pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False)])),
    "split": lambda: byte_level(pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]), ignore_merges=True),
    "prefix": lambda: byte_level(pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=False),
        pre_tokenizers.ByteLevel(add_prefix_space=True)])),
    "llama2": lambda: marked(
        normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None,
        LLAMA2_DECODER),
    "metaspace": lambda: marked(
        None, pre_tokenizers.Metaspace("▁", prepend_scheme="first", split=True),
        decoders.Metaspace("▁", prepend_scheme="first", split=True)),
}
COMMITTED = ["byte-level", "split", "llama2"]


def train(kind):
    made, trainer = KINDS[kind]()
    text = mixed(60_000, 7)
    if kind in ("llama2", "metaspace"):
        # Whole lines: merges reach across words as in SentencePiece only within a piece.
        splitter = made.pre_tokenizer
        made.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always", split=True)
        made.train_from_iterator(text.split("\n"), trainer)
        made.pre_tokenizer = splitter
        # Bytes are ordinary tokens of the vocabulary, as in Llama 2, and not found in the text.
        fields = json.loads(made.to_str())
        fields["added_tokens"] = [t for t in fields["added_tokens"] if not t["content"].startswith("<0x")]
        if splitter is None:
            fields["pre_tokenizer"] = None
        made = Tokenizer.from_str(json.dumps(fields))
    else:
        made.train_from_iterator(text.split("\n\n"), trainer)
        made.add_tokens([AddedToken("ABC", normalized=True)])
    return made


def compact(made, strings):
    """The file without its line breaks; merges as older files write them."""
    fields = json.loads(made.to_str())
    if strings:
        fields["model"]["merges"] = [" ".join(pair) for pair in fields["model"]["merges"]]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"


def expected(made, text):
    numbers = made.encode(text, add_special_tokens=False).ids
    return numbers, made.decode(numbers, skip_special_tokens=False)


def fixtures():
    text = mixed(6_000, 11)
    (HERE / "text.txt").write_bytes(text.encode())
    for kind in COMMITTED:
        made = train(kind)
        (HERE / f"{kind}.json").write_text(compact(made, strings=kind == "byte-level"))
        (HERE / f"{kind}.tokens.json").write_text(json.dumps(expected(made, text)[0]) + "\n")


def ours(binary, folder, *arguments):
    done = subprocess.run([binary, "tokens", str(folder), *arguments], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def compare(binary, size, seed):
    text, failed = mixed(size, seed), 0
    for kind in KINDS:
        made = train(kind)
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            (folder / "tokenizer.json").write_text(compact(made, strings=seed % 2 == 0))
            (folder / "config.json").write_text(json.dumps(dict(
                model_type="llama", vocab_size=made.get_vocab_size() + 5, hidden_size=8,
                intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
                max_position_embeddings=16)))
            (folder / "text.txt").write_bytes(text.encode())
            numbers, decoded = expected(made, text)
            mine = json.loads(ours(binary, folder, "--text", str(folder / "text.txt")))
            (folder / "numbers.json").write_text(json.dumps(numbers))
            back = ours(binary, folder, "--raw", "--decode", str(folder / "numbers.json")).decode()
        first = next((i for i, (a, b) in enumerate(zip(mine, numbers)) if a != b), None)
        is_equal, is_lossless = mine == numbers, back == text
        same_decoding = back == decoded
        failed += not (is_equal and (is_lossless or kind == "prefix"))
        print(f"{kind}: {len(numbers)} tokens of {len(text.encode())} bytes, encoded "
              f"{'identically' if is_equal else f'differently from token {first}'}, decoded "
              f"{'losslessly' if is_lossless else 'with loss'}"
              f"{'' if same_decoding else ', not as `tokenizers` decodes'}")
        if not is_equal and first is not None:
            print("   theirs", [made.id_to_token(n) for n in numbers[max(0, first - 3):first + 5]])
            print("   ours  ", [made.id_to_token(n) for n in mine[max(0, first - 3):first + 5]])
    return failed


if __name__ == "__main__":
    if sys.argv[1:2] == ["fixtures"]:
        fixtures()
    elif sys.argv[1:2] == ["compare"] and len(sys.argv) > 2:
        numbers = [int(x) for x in sys.argv[3:]] + [1_000_000, 1][len(sys.argv) - 3:]
        sys.exit(1 if compare(sys.argv[2], *numbers) else 0)
    else:
        sys.exit(__doc__)
