"""What benchmarks print: rows of a figure, its bar and whether it holds; as a table and as JSON."""
import json


class Rows:
    def __init__(self):
        self.rows = []

    def add(self, name, value, unit, most=None, least=None):
        """A figure with its bar: at most `most`, or at least `least`, or none."""
        bar = f"<= {most}" if most is not None else f">= {least}" if least is not None else ""
        holds = (most is None or value <= most) and (least is None or value >= least)
        self.rows.append({"name": name, "value": round(value, 4), "unit": unit, "bar": bar,
                          "holds": holds})
        print(f"{name:<58} {value:>12.4g} {unit:<14} {bar:<12} {'' if holds else 'MISSED'}",
              flush=True)

    def write(self, path):
        if path:
            with open(path, "w") as file:
                json.dump({"rows": self.rows}, file, indent=1)

    def exit_code(self):
        return 0 if all(row["holds"] for row in self.rows) else 1
