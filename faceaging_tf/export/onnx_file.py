"""Exports to ONNX: one graph per file, `transform` unless another signature is asked for."""

import dataclasses
import itertools

import numpy as np

from faceaging_tf.errors import ExportError
from faceaging_tf.export.signatures import AGE, CHANGED, FACE, FLOW, TRANSFORM, YEARS, Signature
from faceaging_tf.export.tracing import traced
from faceaging_tf.optional import EXPORT, needed

OPSET = 18
NOTE = "faceaging_tf"
PLACE = "place"
# In ONNX an output cannot have the name of an input.
AGED_FACE = "aged_face"


def onnx_bytes(model, signatures, name, size, as_bytes, note):
    """An ONNX model of one signature for single faces, checked by ONNX's own checker.

    Args:
        model: the ageing model, which knows what direction is for which face.
        signatures: dict of its `Signature`s.
        name: which of them; `transform` holds all directions that are among them, each in a branch.
        size: side of the face in pixels.
        as_bytes: whether faces are uint8.
        note: text that goes into the model's metadata under `NOTE`.

    Raises:
        ExportError: an operation that ONNX does not have, or a model that its checker refuses.
    """
    onnx = needed("onnx", EXPORT, "An ONNX file")
    needed("tf2onnx", EXPORT, "An ONNX file")
    try:
        if name == TRANSFORM:
            proto = _with_branches(model, signatures, size, as_bytes)
        else:
            proto = _converted(signatures[name], size, as_bytes)
        # An initializer of an input's name is what a runtime takes that is given none.
        proto.graph.initializer.extend(
            onnx.numpy_helper.from_array(np.array([value], "float32"), key)
            for key, value in signatures[name].defaults.items()
        )
        proto.metadata_props.add(key=NOTE, value=note)
        onnx.checker.check_model(proto, full_check=True)
    except (
        ValueError,
        RuntimeError,
        onnx.checker.ValidationError,
        onnx.shape_inference.InferenceError,
    ) as error:
        raise ExportError(
            f"ONNX cannot hold a part of this model: {str(error).strip().splitlines()[0][:300]}"
        ) from error
    return proto.SerializeToString()


def _converted(signature, size, as_bytes):
    """One signature as an ONNX model, its outputs named and ordered as the signature's."""
    import tf2onnx
    from onnx import helper

    signature = renamed(signature)
    function = traced({signature.name: signature}, size, as_bytes)[signature.name]
    proto, _ = tf2onnx.convert.from_function(
        function, input_signature=function.input_signature, opset=OPSET
    )
    # TensorFlow sorts a function's outputs by name.
    found = dict(zip(sorted(signature.outputs), list(proto.graph.output), strict=True))
    del proto.graph.output[:]
    for name in signature.outputs:
        output = found[name]
        if output.name != name:
            proto.graph.node.append(
                helper.make_node("Identity", [output.name], [name], name=f"named_{name}")
            )
        proto.graph.output.add().CopyFrom(output)
        proto.graph.output[-1].name = name
    return proto


def renamed(signature):
    """The signature as an ONNX file has it: no output has an input's name."""
    if FACE not in signature.outputs:
        return signature
    new = lambda name: AGED_FACE if name == FACE else name
    function = lambda *inputs: {
        new(name): value for name, value in signature.function(*inputs).items()
    }
    return dataclasses.replace(
        signature, outputs=tuple(map(new, signature.outputs)), function=function
    )


def _with_branches(model, signatures, size, as_bytes):
    """`transform`: tf2onnx cannot convert a choice between graphs of convolutions, so directions
    are converted one by one and the choice is built here.
    """
    from onnx import TensorProto, helper, numpy_helper

    transform = renamed(signatures[TRANSFORM])
    routes = [route.direction for route in model.routes]
    branches = {
        routes.index(name): _converted(signatures[name], size, as_bytes)
        for name in routes
        if name in signatures
    }
    place = lambda years, age: {PLACE: model.direction_of(years[:, 0], age[:, 0])}
    chooser = _converted(Signature("chooser", (YEARS, AGE), (PLACE,), place), size, as_bytes)
    numbers = itertools.count()
    initializers, nodes = [*chooser.graph.initializer], [*chooser.graph.node]

    def constant(value, kind):
        name = f"constant_{next(numbers)}"
        initializers.append(numpy_helper.from_array(np.array(value, kind), name))
        return name

    def as_branch(number):
        """A direction's graph that reads the inputs of the whole."""
        graph = _prefixed(branches[number].graph, f"{routes[number]}/", transform.inputs)
        return helper.make_graph(
            list(graph.node), routes[number], [], list(graph.output), list(graph.initializer)
        )

    def untouched():
        size_of_flow = (1, size // 4, size // 4, 2)
        parts = {AGED_FACE: "Identity", CHANGED: "Cast", FLOW: "Constant"}
        made, outputs, prefix = [], [], "untouched/"
        for name in transform.outputs:
            shape = size_of_flow if name == FLOW else (1, size, size, 3)
            kind = TensorProto.UINT8 if name == AGED_FACE and as_bytes else TensorProto.FLOAT
            outputs.append(helper.make_tensor_value_info(prefix + name, kind, shape))
            if parts[name] == "Constant":
                made.append(
                    helper.make_node(
                        "Constant",
                        [],
                        [prefix + name],
                        value=numpy_helper.from_array(np.zeros(shape, "float32")),
                    )
                )
            elif parts[name] == "Identity" or not as_bytes:
                made.append(helper.make_node("Identity", [FACE], [prefix + name]))
            else:
                made.append(
                    helper.make_node("Cast", [FACE], [prefix + "levels"], to=TensorProto.FLOAT)
                )
                made.append(
                    helper.make_node(
                        "Div", [prefix + "levels", constant(127.5, "float32")], [prefix + "scaled"]
                    )
                )
                made.append(
                    helper.make_node(
                        "Sub", [prefix + "scaled", constant(1.0, "float32")], [prefix + name]
                    )
                )
        return helper.make_graph(made, "untouched", [], outputs)

    def chosen(places, label):
        """A graph that chooses among directions by halves."""
        if len(places) == 1:
            condition = ("Equal", constant([places[0]], "int32"))
            first, second = as_branch(places[0]), untouched()
        else:
            middle = len(places) // 2
            condition = ("Less", constant([places[middle]], "int32"))
            first, second = (
                chosen(places[:middle], f"{label}0"),
                chosen(places[middle:], f"{label}1"),
            )
        decide = helper.make_node(condition[0], [PLACE, condition[1]], [f"{label}/condition"])
        outputs = [f"{label}/{name}" for name in transform.outputs]
        choose = helper.make_node(
            "If", [f"{label}/condition"], outputs, then_branch=first, else_branch=second
        )
        infos = []
        for name, info in zip(outputs, first.output, strict=True):
            infos.append(type(info)())
            infos[-1].CopyFrom(info)
            infos[-1].name = name
        return helper.make_graph([decide, choose], label, [], infos)

    top = chosen(sorted(branches), "choice")
    nodes += [
        *top.node,
        *(
            helper.make_node("Identity", [output.name], [name])
            for output, name in zip(top.output, transform.outputs, strict=True)
        ),
    ]
    for output, name in zip(top.output, transform.outputs, strict=True):
        output.name = name
    first = next(iter(branches.values()))
    graph = helper.make_graph(
        nodes, TRANSFORM, list(first.graph.input), list(top.output), initializers
    )
    return helper.make_model(
        graph, opset_imports=list(first.opset_import), ir_version=first.ir_version
    )


def _prefixed(graph, prefix, inputs):
    """The graph with a prefix before every name but those of the inputs, which all directions have
    in common.
    """
    from onnx import compose

    graph = compose.add_prefix_graph(graph, prefix)
    shared = {f"{prefix}{name}": name for name in inputs}
    for node in graph.node:
        for number, name in enumerate(node.input):
            node.input[number] = shared.get(name, name)
    return graph
