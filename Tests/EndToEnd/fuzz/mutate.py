"""Damage to bytes, texts, JSON and command lines."""
import copy
import json

NUMBERS = [0, -1, 1, 2, 3, 255, 256, 65535, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**62, 2**63 - 1, 2**63, -2**63, 2**64,
           10**30, 0.5, -0.0, 1e-320, 1e308, -1e308, 1e400, float("inf"), float("nan"), 1.5]
TEXTS = ["", " ", "a", "\x00", "\x1b[2J\x1b]0;owned\x07", "\u009b31m", "\u202egnp.exe\u2066", "\n", "\r\n\t", "null", "true",
         "../../../tmp/x", "/etc/passwd", "~", "*", "-", "--", "-1", "0x10", "1e3", "nan", "inf", "%s%n", "日本語", "e\u0301" * 8,
         "\ufeff", "\ufffe", "'\"\\", "<script>alert(1)</script>", "a" * 300, "x" * 5000, "$(id)", "\\end{tabular}&#%_"]
ODD = NUMBERS + TEXTS + [None, True, False, [], {}, [[]], [1, 2], {"a": 1}]


def flip(random, data):
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 2, 8, 64])):
        if not data:
            break
        at = random.randrange(len(data))
        kind = random.randrange(5)
        if kind == 0:
            data[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            data[at] = random.randrange(256)
        elif kind == 2:
            del data[at:at + random.choice([1, 2, 16, 1000])]
        elif kind == 3:
            data[at:at] = bytes(random.randrange(256) for _ in range(random.choice([1, 4, 64])))
        else:
            end = min(len(data), at + random.choice([1, 16, 256]))
            data[at:at] = data[at:end]
    if random.random() < 0.15:
        del data[random.randrange(len(data) + 1):]
    return bytes(data)


def paths(value, prefix=()):
    yield prefix
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], prefix + (key,))
    elif isinstance(value, list):
        for index in range(min(len(value), 40)):
            yield from paths(value[index], prefix + (index,))


def tree(random, value):
    """One to three changes anywhere in a JSON value."""
    value = copy.deepcopy(value)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        places = [p for p in paths(value) if p]
        if not places:
            break
        place = random.choice(places)
        holder = value
        for step in place[:-1]:
            holder = holder[step]
        key = place[-1]
        kind = random.randrange(7)
        if kind == 0:
            del holder[key]
        elif kind == 1 and isinstance(holder, dict):
            holder[random.choice(TEXTS)] = holder[key]
        elif kind == 2 and isinstance(holder, list):
            holder.extend([copy.deepcopy(holder[key])] * random.choice([1, 2, 1000]))
        elif kind == 3 and isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool):
            holder[key] = random.choice([-holder[key], holder[key] + 1, holder[key] * 2, holder[key] * 1_000_003])
        else:
            holder[key] = copy.deepcopy(random.choice(ODD))
    return value


def document(random, data):
    """JSON damaged as a tree or as bytes."""
    if random.random() < 0.25:
        return flip(random, data)
    try:
        value = json.loads(data)
    except ValueError:
        return flip(random, data)
    return json.dumps(tree(random, value), ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def lines(random, data):
    """Lines of JSON, one of them damaged, or lines lost, doubled and swapped."""
    rows = data.split(b"\n")
    at = random.randrange(len(rows))
    kind = random.randrange(5)
    if kind == 0:
        rows[at] = document(random, rows[at])
    elif kind == 1:
        del rows[at]
    elif kind == 2:
        rows.insert(at, rows[random.randrange(len(rows))])
    elif kind == 3:
        random.shuffle(rows)
    else:
        return flip(random, data)
    return b"\n".join(rows)


def yaml(random, text):
    """A preset's text, damaged where it hurts."""
    if random.random() < 0.2:
        return flip(random, text.encode())
    rows = text.split("\n")
    for _ in range(random.choice([1, 1, 2, 4])):
        at = random.randrange(len(rows))
        key, colon, _ = rows[at].partition(":")
        odd = str(random.choice(NUMBERS + TEXTS))
        kind = random.randrange(10)
        if kind < 4 and colon:
            rows[at] = f"{key}: {odd}"
        elif kind == 4 and colon:
            rows[at] = f"{key}: {json.dumps(odd)}"
        elif kind == 5:
            rows.insert(at, f"{json.dumps(odd)}: {random.choice(NUMBERS)}")
        elif kind == 6:
            rows.insert(at, rows[random.randrange(len(rows))])
        elif kind == 7:
            del rows[at]
            rows = rows or [""]
        elif kind == 8:
            rows.insert(at, random.choice(
                ["- " * 3000, "[" * 5000, "{" * 3000, "? " * 2000, "&a [*a]", "<<: *x", "!!binary x", "%YAML 9.9", "---", "...",
                 "\t", bomb(random)]))
        else:
            rows[at] = rows[at].replace(" ", random.choice(["  ", "\t", "", "\u00a0"]), 1)
    return "\n".join(rows).encode("utf-8", "surrogatepass")


def bomb(random):
    """Aliases of aliases, as a value or as a key."""
    levels = random.choice([4, 9, 30])
    rows = ["a0: &a0 [x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(rows + ([f"? *a{levels - 1}\n: 1"] if random.random() < 0.5 else []))
