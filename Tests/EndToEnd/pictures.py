"""Reads the SVG pictures that the program writes back into figures."""
import math
import re
import xml.etree.ElementTree as ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def number(text):
    """An axis label: `500`, `1.5k`, `51.2k`, `2M`."""
    factor = {"k": 1e3, "M": 1e6}.get(text[-1], 1)
    return float(text[:-1] if factor != 1 else text) * factor


class Axis:
    """A line through labelled ticks, from pixels to figures."""

    def __init__(self, ticks, is_logarithmic=False):
        self.is_logarithmic = is_logarithmic
        (first, low), (last, high) = ticks[0], ticks[-1]
        low, high = (math.log(low), math.log(high)) if is_logarithmic else (low, high)
        self.slope = (high - low) / (last - first)
        self.start = low - self.slope * first

    def value(self, pixel):
        value = self.start + self.slope * pixel
        return math.exp(value) if self.is_logarithmic else value


class Chart:
    """A chart: its axes, the dots of evaluations and the lines by colour, the rules with their labels."""

    def __init__(self, path):
        root = ElementTree.parse(path).getroot()
        texts = root.findall(SVG + "text")
        frame = next(e for e in root.findall(SVG + "rect") if e.get("fill") == "none")
        left, top, width, height = (float(frame.get(key)) for key in ("x", "y", "width", "height"))
        self.settings = next(e.text for e in texts if e.get("text-anchor") == "end" and e.get("y") == "22")
        self.unit = next(e.text for e in texts if e.get("y") == f"{top + height + 36:g}")
        below, beside = f"{top + height + 18:g}", f"{left - 8:g}"
        self.x = Axis([(float(e.get("x")), number(e.text)) for e in texts if e.get("y") == below])
        ticks = [(float(e.get("y")) - 4, number(e.text)) for e in texts if e.get("x") == beside]
        self.y = Axis(ticks, is_logarithmic="log y" in self.settings)
        self.limits = self.x.value(left), self.x.value(left + width)
        # A letter's colour in the legend is that of its marks.
        self.colours = {e.text: e.get("fill") for e in texts
                        if e.get("font-weight") == "700" and e.get("stroke") is None}
        self.dots = {letter: [self.point(float(e.get("cx")), float(e.get("cy"))) for e in root.findall(SVG + "circle")
                              if e.get("fill") == colour and e.get("r") == "2.6"]
                     for letter, colour in self.colours.items()}
        self.lines = [(e.get("stroke"), e.get("stroke-width"), e.get("stroke-dasharray"),
                       [self.point(*map(float, pair.split(","))) for pair in e.get("points").split()])
                      for e in root.findall(SVG + "polyline")]
        upright = [e for e in root.findall(SVG + "line")
                   if e.get("stroke-dasharray") == "4 3" and e.get("x1") == e.get("x2")]
        self.events = [self.x.value(float(e.get("x1"))) for e in upright]
        self.labels = [e.text for e in texts if e.get("font-size") == "11"]

    def point(self, x, y):
        return self.x.value(x), self.y.value(y)

    def thick(self, letter):
        return [points for stroke, width, dash, points in self.lines
                if stroke == self.colours[letter] and width == "2" and not dash]

    def thin(self, letter):
        return [points for stroke, width, dash, points in self.lines
                if stroke == self.colours[letter] and width == "1" and not dash]

    def dashed(self, letter):
        return [points for stroke, _, dash, points in self.lines if stroke == self.colours[letter] and dash]

    def shows(self, points, expected):
        """Whether the points are the expected ones to a pixel, in their order."""
        width = (self.limits[1] - self.limits[0]) / 600
        return len(points) == len(expected) and all(
            abs(x - wanted[0]) < width and abs(math.log(y / wanted[1])) < 0.01
            for (x, y), wanted in zip(points, expected))


def screen_text(path, columns, rows):
    """What a picture of a whole screen says, row by row."""
    cells = [[" "] * columns for _ in range(rows)]
    for element in ElementTree.parse(path).getroot().iter(SVG + "text"):
        x, y = int(element.get("x")) // 8, (int(element.get("y")) - 12) // 16
        for place, character in enumerate(element.text):
            cells[y][x + place] = character
    return "\n".join("".join(row).rstrip() for row in cells)


def block_name(name):
    """`model.layers.0.mlp.up_proj.weight` as the screens write it: `0.up`."""
    layer, kind = re.search(r"layers\.(\d+)\..*?(\w+)_proj", name).groups()
    return f"{layer}.{kind}"
