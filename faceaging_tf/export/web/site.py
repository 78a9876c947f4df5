"""The page's folder: one HTML file with all code in it, and beside it the model, the face detector
and the runtime as scripts.

Scripts, and code inside the page, because a page opened from a folder (`file://`) may neither fetch
files nor import modules from them. The service worker beside it is for pages that are served.
"""

import base64
import gzip
import json

import jinja2
import markupsafe

from faceaging_tf.export.web import vendoring

MODULES = (
    "resampling",
    "geometry",
    "ager",
    "detector",
    "live",
    "runtime",
    "worker",
    "device",
    "gpu",
    "words",
    "camera",
    "pictures",
    "mirror",
    "page",
)
ISOLATION = "isolation.js"
# Years that the slider goes to, younger and older.
YOUNGEST, OLDEST = -30, 40


def write_site(folder, model, note):
    """Writes the page.

    Args:
        folder: a `pathlib.Path` that does not exist yet.
        model: bytes of a LiteRT file whose faces are float32.
        note: the file's note, JSON (see `faceaging_tf.export.contract`).

    Raises:
        ExportError: the runtime could not be had from npm.
    """
    vendored = vendoring.files()
    contract = json.loads(note)
    (folder / "files").mkdir(parents=True)
    for name, content in {"model": model, **vendored.files}.items():
        (folder / "files" / f"{name}.js").write_text(_script(name, content), encoding="ascii")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, "page"),
        autoescape=True,
        keep_trailing_newline=True,
    )
    modules = {
        f"faceaging/{name}": _source(environment, f"{name}.js") for name in MODULES
    } | vendored.modules
    page = environment.get_template("page.html").render(
        title=contract.get("title") or contract.get("entry") or "own model",
        style=markupsafe.Markup(_source(environment, "page.css")),
        import_map=_json(
            {"imports": {name: _as_address(source) for name, source in modules.items()}}
        ),
        contract=_json(contract),
        notices=vendored.notices,
        youngest=YOUNGEST,
        oldest=OLDEST,
        **{name: contract.get(name) for name in ("limits", "licence", "made_by")},
    )
    # A script of its own, for a browser takes no other as a service worker.
    (folder / ISOLATION).write_text(_source(environment, ISOLATION), encoding="ascii")
    (folder / "index.html").write_text(page, encoding="utf-8")


def _source(environment, name):
    return environment.loader.get_source(environment, name)[0]


def _script(name, content):
    """A script that leaves bytes, as gzip in base64, where the page looks for them."""
    packed = base64.b64encode(gzip.compress(content, mtime=0)).decode()
    return f"(self.faceagingFiles ??= {{}})[{json.dumps(name)}] = {json.dumps(packed)};\n"


def _as_address(source):
    return f"data:text/javascript;base64,{base64.b64encode(source.encode()).decode()}"


def _json(value):
    """JSON that can stand inside a script element."""
    return json.dumps(value).replace("<", "\\u003c")
