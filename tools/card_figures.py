r"""Makes the figures of a model card of what `faceaging evaluate` and `tools/measure.py ageing`
wrote; other JSON beside it.

    python tools/measure.py ageing --preset fagan \
        --corpus portraits.zip,aaf_wide.zip,fairface_wide.zip --embedder recogniser.onnx \
        --out measured
    python tools/card_figures.py --subject fagan --evaluations measured --measured growth.json \
        > metrics.json

Prints JSON for `tools/release_zoo.py --metrics`: of each evaluation a line for each number of
years, and for -20 and +30 lines by decade, sex, source and, where a corpus has it, race; groups of
fewer than ten faces are left out.
"""

import json
import pathlib

from absl import app, flags

flags.DEFINE_string(
    "subject", None, "The entry or preset as the evaluations name it.", required=True
)
flags.DEFINE_list(
    "evaluations", [], "Folders that faceaging evaluate wrote, the first of which is told first."
)
flags.DEFINE_list("measured", [], "JSON files that tools/measure.py printed.")
FLAGS = flags.FLAGS
GROUPED = ("-20", "+30")
FEWEST = 10
LOOKS = ("skin", "head", "texture")
KINDS = ("decade", "sex", "source", "race")


def line_of(cell):
    """Years moved, error and identity of some faces, rounded, with how many they are."""
    value = lambda name, digits: round(cell[name]["value"], digits) if cell.get(name) else None
    line = {
        "moved": value("years_moved", 1),
        "error": value("error", 1),
        "identity": value("identity", 3),
        "faces": cell["years_moved"]["faces"],
    }
    return {name: number for name, number in line.items() if number is not None}


def figures_of(results, subject):
    """Lines by name of one evaluation's results."""
    corpus = ", ".join(pathlib.Path(path).name for path in results["settings"]["corpus"])
    found = [one for one in results["subjects"] if one["name"] == subject]
    if not found:
        names = ", ".join(one["name"] for one in results["subjects"])
        raise app.UsageError(f"There is no {subject!r} among what was evaluated ({names}).")
    lines = {}
    for years, cells in found[0]["years"].items():
        line, name = line_of(cells["all"]), f"{corpus}, {years}"
        hair = (cells.get("hair") or {}).get("all") or {}
        for label, cell in (
            ("real people", cells.get("years_of_reals")),
            ("KID", cells["all"].get("kid")),
            ("KID of the inputs", cells.get("kid_of_inputs")),
            *((f"told by {look}", cells["all"].get(f"detected_by_{look}")) for look in LOOKS),
            *(
                (f"inputs told by {look}", cells.get(f"detected_by_{look}_of_inputs"))
                for look in LOOKS
            ),
            ("change outside of 255", cells["all"].get("outside_difference")),
            ("change at the border of 255", cells["all"].get("border_difference")),
            *(
                (f"hair's way, {colour}", hair.get(colour, {}).get("share"))
                for colour in ("lightness", "chroma")
            ),
        ):
            if cell:
                line[label] = round(cell["value"], 3)
        lines[name] = line
    for years in GROUPED:
        for kind in KINDS:
            groups = found[0]["years"].get(years, {}).get("groups", {}).get(kind, {})
            lines |= {
                f"{corpus}, {years}, {kind} {group}": line_of(cell)
                for group, cell in groups.items()
                if cell["years_moved"] and cell["years_moved"]["faces"] >= FEWEST
            }
    summary = found[0]["summary"]["all"]
    if "monotony" in summary:
        lines[f"{corpus}, never younger for a longer k"] = round(summary["monotony"]["value"], 3)
    return lines


def main(argv):
    lines = {}
    for path in FLAGS.measured:
        lines |= json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    for folder in FLAGS.evaluations:
        lines |= figures_of(
            json.loads((pathlib.Path(folder) / "results.json").read_text(encoding="utf-8")),
            FLAGS.subject,
        )
    print(json.dumps(lines, indent=1))


if __name__ == "__main__":
    app.run(main)
