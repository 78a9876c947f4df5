"""What the packages offer can be read from its signatures: annotated, and of ten arguments at
most.
"""

import ast
import importlib
import inspect
import pathlib
import pkgutil

import pytest

import faceaging_tf

ROOT = pathlib.Path(__file__).parents[1]
FACES = ["zoo"] + [
    f"faceaging_tf.{room.name}"
    for room in pkgutil.iter_modules(faceaging_tf.__path__)
    if room.ispkg
]
LAZY = ("zoo", "faceaging_tf.data", "faceaging_tf.photo", "faceaging_tf.video")
# What Python itself calls that users call too.
CALLED = ("__init__", "__call__", "__getitem__", "__len__")
MOST = 10


def offered(face):
    """What a public face offers, by name: its `__all__`, else what its file imports or defines."""
    module = importlib.import_module(face)
    names = getattr(module, "__all__", None) or [
        name for name, value in vars(module).items() if name[0] != "_" and callable(value)
    ]
    return {name: getattr(module, name) for name in names}


def functions(thing, name):
    """The public functions of a thing, by name: itself, or a class's, those of its bases in this
    project too.
    """
    if inspect.isfunction(thing):
        yield name, thing
    if not inspect.isclass(thing) or getattr(thing, "_is_protocol", False):
        return
    for base in thing.__mro__:
        if base.__module__.split(".")[0] not in ("faceaging_tf", "zoo"):
            continue
        for attribute, value in vars(base).items():
            if attribute[0] != "_" or attribute in CALLED:
                value = value.fget if isinstance(value, property) else value
                function = inspect.unwrap(getattr(value, "__func__", value))
                if inspect.isfunction(function):
                    yield f"{name}.{attribute}", function


def lacking(function):
    """Names of the arguments without an annotation; "return" where what it gives has none."""
    signature = inspect.signature(function)
    arguments = [
        name
        for number, (name, one) in enumerate(signature.parameters.items())
        if one.annotation is one.empty and not (number == 0 and name in ("self", "cls"))
    ]
    unsaid = signature.return_annotation is signature.empty and function.__name__ != "__init__"
    return arguments + ["return"] * unsaid


def files():
    """The source files of both packages, parsed, by their paths."""
    for package in ("faceaging_tf", "zoo"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def arguments_of(function):
    """How many arguments a function takes; `self` is none, `*` and `**` are one each."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    own = names[:1] in (["self"], ["cls"])
    return len(names) - own + bool(given.vararg) + bool(given.kwarg)


@pytest.mark.parametrize("face", FACES)
def test_every_public_signature_is_annotated(face):
    assert {
        name: lacking(function)
        for thing_name, thing in offered(face).items()
        for name, function in functions(thing, thing_name)
        if lacking(function)
    } == {}


@pytest.mark.parametrize("face", LAZY)
def test_type_checkers_are_told_what_a_lazy_face_offers(face):
    (block,) = (
        node
        for node in ast.parse(pathlib.Path(importlib.import_module(face).__file__).read_text()).body
        if isinstance(node, ast.If)
    )
    told = [
        (f"{line.module}", alias.asname)
        for line in block.body
        for alias in line.names
        if alias.name == alias.asname
    ]
    things = offered(face)
    assert sorted(name for _, name in told) == sorted(things)
    for module, name in told:
        assert getattr(importlib.import_module(module), name) is things[name]


def test_no_function_takes_more_than_ten_arguments():
    assert [
        f"{path}:{node.lineno} {node.name} takes {arguments_of(node)}"
        for path, tree in files()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and arguments_of(node) > MOST
    ] == []


@pytest.mark.parametrize("package", ["faceaging_tf", "zoo"])
def test_the_packages_say_that_they_are_typed(package):
    assert (ROOT / package / "py.typed").is_file()
