"""Small ONNX files, made with the format's own helpers."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17


def save(path, nodes, inputs, outputs, constants):
    """Writes a graph; `inputs` and `outputs` are `(name, type, shape)`, `constants` a dict of
    arrays.
    """
    value = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
    graph = helper.make_graph(
        nodes, "tiny", [value(*one) for one in inputs], [value(*one) for one in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return str(path)


def recogniser(path, size=16, batch="N", outputs=12, channels_first=True, seed=0):
    """A linear embedding of a face's pixels: `(batch, 3, size, size)` float32 to
    `(batch, outputs)`.
    """
    weights = np.random.default_rng(seed).normal(size=(3 * size * size, outputs)).astype("float32")
    nodes = [
        helper.make_node("Flatten", ["face"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["embedding"]),
    ]
    shape = (batch, 3, size, size) if channels_first else (batch, size, size, 3)
    return save(
        path,
        nodes,
        [("face", TensorProto.FLOAT, shape)],
        [("embedding", TensorProto.FLOAT, (batch, outputs))],
        {"weights": weights},
    )


def brightener(path, size=16, with_age=False, as_bytes=False):
    """An "exported model" that adds `years` levels of 0..255 to a face (and `age` levels more,
    where it takes an age).
    """
    inputs = [
        ("face", TensorProto.UINT8 if as_bytes else TensorProto.FLOAT, (1, size, size, 3)),
        ("years", TensorProto.FLOAT, (1,)),
    ]
    nodes = []
    added = "years"
    if with_age:
        inputs.append(("age", TensorProto.FLOAT, (1,)))
        nodes.append(helper.make_node("Add", ["years", "age"], ["both"]))
        added = "both"
    if as_bytes:
        nodes += [
            helper.make_node("Cast", ["face"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["float", added], ["sum"]),
            helper.make_node("Clip", ["sum", "zero", "white"], ["clipped"]),
            helper.make_node("Cast", ["clipped"], ["aged"], to=TensorProto.UINT8),
        ]
        constants = {"zero": np.float32(0), "white": np.float32(255)}
    else:
        nodes += [
            helper.make_node("Div", [added, "levels"], ["scaled"]),
            helper.make_node("Add", ["face", "scaled"], ["aged"]),
        ]
        constants = {"levels": np.array([127.5], "float32")}
    kind = TensorProto.UINT8 if as_bytes else TensorProto.FLOAT
    return save(path, nodes, inputs, [("aged", kind, (1, size, size, 3))], constants)
