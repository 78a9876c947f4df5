"""Makes the figures of a model card of what was measured: `faceaging evaluate` first, `tools/measure.py` beside it.

    faceaging evaluate fagan --corpus faces.zip --embedder recogniser.onnx --out evaluation
    faceaging evaluate fagan --corpus fairface.zip --years -20,30 --embedder recogniser.onnx --out fairness
    python tools/card_figures.py --subject fagan --evaluations evaluation,fairness --measured ageing.json > metrics.json

Prints JSON for `tools/release_zoo.py --metrics`: of each evaluation a line for each number of years, and for -20 and +30 lines by decade, sex, source and,
where a corpus has it, race; groups of fewer than ten faces are left out.
"""

import json
import pathlib

from absl import app, flags

flags.DEFINE_string("subject", None, "The entry or preset as the evaluations name it.", required=True)
flags.DEFINE_list("evaluations", [], "Folders that faceaging evaluate wrote, the first of which is told first.")
flags.DEFINE_list("measured", [], "JSON files that tools/measure.py printed.")
FLAGS = flags.FLAGS
GROUPED = ("-20", "+30")
FEWEST = 10
KINDS = ("decade", "sex", "source", "race")


def line_of(cell):
    """Years moved, error and identity of some faces, rounded, with how many they are."""
    value = lambda name, digits: round(cell[name]["value"], digits) if cell.get(name) else None
    line = {"moved": value("years_moved", 1), "error": value("error", 1), "identity": value("identity", 3), "faces": cell["years_moved"]["faces"]}
    return {name: number for name, number in line.items() if number is not None}


def figures_of(results, subject):
    """Lines by name of one evaluation's results."""
    corpus = pathlib.Path(results["settings"]["corpus"]).name
    found = [one for one in results["subjects"] if one["name"] == subject]
    if not found:
        names = ", ".join(one["name"] for one in results["subjects"])
        raise app.UsageError(f"There is no {subject!r} among what was evaluated ({names}).")
    lines = {}
    for years, cells in found[0]["years"].items():
        line, name = line_of(cells["all"]), f"{corpus}, {years}"
        for label, cell in (
            ("KID", cells["all"].get("kid")),
            ("KID of the inputs", cells.get("kid_of_inputs")),
            ("told by texture", cells["all"].get("detected_by_texture")),
            ("inputs told by texture", cells.get("detected_by_texture_of_inputs")),
            ("change outside the face of 255", cells["all"].get("outside_difference")),
        ):
            if cell:
                line[label] = round(cell["value"], 3)
        lines[name] = line
    for years in GROUPED:
        for kind in KINDS:
            groups = found[0]["years"].get(years, {}).get("groups", {}).get(kind, {})
            lines |= {f"{corpus}, {years}, {kind} {group}": line_of(cell) for group, cell in groups.items() if cell["years_moved"] and cell["years_moved"]["faces"] >= FEWEST}
    summary = found[0]["summary"]["all"]
    if "monotony" in summary:
        lines[f"{corpus}, never younger for a longer k"] = round(summary["monotony"]["value"], 3)
    return lines


def main(argv):
    lines = {}
    for path in FLAGS.measured:
        lines |= json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    for folder in FLAGS.evaluations:
        lines |= figures_of(json.loads((pathlib.Path(folder) / "results.json").read_text(encoding="utf-8")), FLAGS.subject)
    print(json.dumps(lines, indent=1))


if __name__ == "__main__":
    app.run(main)
