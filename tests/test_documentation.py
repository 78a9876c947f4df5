"""The pages of docs/, README, changelog and docstrings: links, navigation, names, and the code of
one page.
"""

import importlib.util
import inspect
import os
import pathlib
import pkgutil
import re
import shutil
import subprocess
import sys
import zlib

import pytest
import yaml
from PIL import Image
from skimage.data import astronaut

import faceaging_tf
import zoo

ROOT = pathlib.Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
# Asked of every layer or schedule by Keras, and documented there.
KERAS_PROTOCOL = {"build", "call", "compute_output_shape", "get_config"}
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CROSS_REFERENCE = re.compile(r"\]\[([\w.]+)\]")


def modules():
    """Every module of both packages by name, but the one whose import runs the command."""
    for package in (faceaging_tf, zoo):
        yield package.__name__
        yield from (
            module.name
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        )


NAMES = [name for name in modules() if name != "zoo.__main__"]


def public(module):
    """The public functions and classes that a module defines, by name."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isroutine(value))
        and value.__module__ == module.__name__
    }


def exported(package):
    """The names that a package's `__init__` hands on from its modules."""
    if hasattr(package, "__all__"):
        return set(package.__all__)
    handed_on = {
        name: value
        for name, value in vars(package).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    return {
        name
        for name, value in handed_on.items()
        if getattr(value, "__module__", "").startswith(f"{package.__name__}.")
    }


def anchors(page):
    """What `#...` may name on a page: its headings, as Markdown makes anchors of them."""
    headings = re.findall(
        r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE
    )
    return {
        re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())
        for heading in headings
    }


def links(page):
    """Targets of the links and pictures of a page, but for those to other hosts."""
    return [
        target
        for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8")))
        if "://" not in target
    ]


def relative(page):
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", NAMES)
def test_everything_public_has_a_docstring_in(name):
    module = importlib.import_module(name)
    missing = [] if module.__doc__ else [name]
    for place, value in public(module).items():
        # A dataclass without one has its signature in its place.
        if not inspect.getdoc(value) or inspect.getdoc(value).startswith(f"{place}("):
            missing.append(place)
        if inspect.isclass(value):
            members = (
                member
                for member in vars(value)
                if not member.startswith("_") and member not in KERAS_PROTOCOL
            )
            methods = (
                member
                for member in members
                if isinstance(vars(value)[member], (property, classmethod, staticmethod))
                or callable(vars(value)[member])
            )
            missing += [
                f"{place}.{method}"
                for method in methods
                if not inspect.getdoc(getattr(value, method))
            ]
    assert missing == []


@pytest.mark.parametrize(
    "page",
    [
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "STYLE.md", "CHANGELOG.md")),
        *PAGES,
        *sorted(ROOT.glob("zoo/entries/*/preset/README.md")),
    ],
    ids=relative,
)
def test_every_link_leads_somewhere_on(page):
    for target in links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in anchors(there), f"{target}: no such heading there"
        assert DOCS not in page.parents or DOCS in there.parents, (
            f"{target} leads out of docs/, where the site has nothing"
        )


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_name_that_is_referred_to_exists_on(page):
    for reference in CROSS_REFERENCE.findall(page.read_text(encoding="utf-8")):
        assert pkgutil.resolve_name(reference) is not None


def test_every_page_is_in_the_navigation_once():
    def pages(entry):
        inside = entry.values() if isinstance(entry, dict) else entry
        return (
            [entry] if isinstance(entry, str) else [page for part in inside for page in pages(part)]
        )

    navigation = pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    assert sorted(navigation) == [page.relative_to(DOCS).as_posix() for page in PAGES]


@pytest.mark.parametrize(
    "name", [name for name in NAMES if importlib.util.find_spec(name).submodule_search_locations]
)
def test_what_a_package_exports_is_in_its_page_of_the_api(name):
    pages = [page.read_text(encoding="utf-8") for page in DOCS.glob("api/*.md")]
    rows = [
        row
        for page in pages
        for row in page.splitlines()
        if any(
            f"{name}.".startswith(f"{shown}.")
            for shown in re.findall(r"^::: ([\w.]+)$", page, re.MULTILINE)
        )
    ]
    missing = [
        public_name
        for public_name in sorted(exported(importlib.import_module(name)))
        if not any(row.startswith(f"| [`{public_name}`]") for row in rows)
    ]
    assert missing == [], (
        f"docs/api/ needs a page that shows {name}, with a table that has these names"
    )


def test_the_overview_is_what_the_files_say():
    tool = importlib.util.spec_from_file_location("overview", ROOT / "tools" / "overview.py")
    overview = importlib.util.module_from_spec(tool)
    tool.loader.exec_module(overview)
    assert overview.overview() == overview.PAGE.read_text(encoding="utf-8"), (
        "docs/overview.md is behind the docstrings; write it anew with python tools/overview.py"
    )


def test_the_readme_is_read_in_minutes():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").split()) < 900


@pytest.mark.slow
def test_the_lines_of_use_in_the_readme_run(tmp_path, monkeypatch):
    code = re.search(
        r"^```python\n(.*?)^```",
        (ROOT / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )[1]
    Image.fromarray(astronaut()).save(tmp_path / "me.jpg")
    monkeypatch.chdir(tmp_path)
    variables = {}
    exec(code, variables)
    assert (tmp_path / "older.png").is_file()
    assert variables["aged"].shape == variables["faces"].shape == (1, 512, 512, 3)


@pytest.mark.slow
def test_the_entry_of_the_page_on_adding_entries_works(tmp_path, monkeypatch):
    model, *rest = re.findall(
        r"^```python\n(.*?)^```",
        (DOCS / "adding_an_entry.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    (tmp_path / "single_gan.py").write_text(model, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    variables = {}
    try:
        exec("\n".join(rest), variables)
    finally:
        zoo.registry.unregister("single")
    assert variables["aged"].shape == (2, 32, 32, 3)
    assert (variables["aged"] != variables["corpus"].faces[:2]).any()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built pages, and what the build said."""
    if not shutil.which("mkdocs", path=pathlib.Path(sys.executable).parent):
        pytest.skip("mkdocs is not installed; pip install '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [
        pathlib.Path(sys.executable).with_name("mkdocs"),
        "build",
        "--strict",
        "--site-dir",
        folder,
    ]
    built = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    return folder, built


@pytest.mark.slow
def test_the_pages_are_built_without_warnings(site):
    _, built = site
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr


@pytest.mark.slow
def test_every_public_name_is_in_the_api(site):
    folder, _ = site
    inventory = zlib.decompress(
        (folder / "objects.inv").read_bytes().split(b"zlib.\n", 1)[1]
    ).decode()
    documented = {line.split()[0] for line in inventory.splitlines()}
    names = [f"{name}.{place}" for name in NAMES for place in public(importlib.import_module(name))]
    assert [name for name in names if name not in documented] == []


@pytest.mark.slow
def test_the_pages_load_nothing_from_elsewhere(site):
    folder, _ = site
    loading = re.compile(
        r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(?:https?:)?//|<link\b(?![^>]*rel=["']?canonical)[^>]*\bhref=["']?(?:https?:)?//"""
    )
    assert [
        page.name
        for page in folder.rglob("*.html")
        if loading.search(page.read_text(encoding="utf-8"))
    ] == []
    assert [
        sheet.name
        for sheet in folder.rglob("*.css")
        if re.search(r"url\([\"']?(?:https?:)?//|@import", sheet.read_text(encoding="utf-8"))
    ] == []
