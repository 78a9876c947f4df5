"""Where the time of a LiteRT file goes: each operation cut out as a model of its own, timed, and
looked at whether XNNPACK takes it.

The runtime's Python interface has no profiler. Cut out, an operation is not fused with its
neighbours and pays for a call of its own, so that the sum is somewhat above the time of the whole;
`Profile.whole_ms` says by how much.
"""

import copy
import dataclasses
import time

import numpy as np

from faceaging_tf.errors import ExportError
from faceaging_tf.export.flatbuffer import opened, operation_name, packed

DELEGATE = "DELEGATE"


@dataclasses.dataclass(frozen=True)
class OperationTime:
    """All operations of one kind in a signature.

    Attributes:
        name: of LiteRT's operations, such as `CONV_2D`.
        count: how many there are.
        ms: milliseconds of all of them together.
        delegated: how many XNNPACK takes.
    """

    name: str
    count: int
    ms: float
    delegated: int


@dataclasses.dataclass(frozen=True)
class Profile:
    """The operations of a signature, the slowest kind first, and what they take together and as the
    file has them.

    Attributes:
        operations: a tuple of `OperationTime`.
        sum_ms: all, each timed alone.
        whole_ms: the signature as it is.
        partitions: parts of the signature that XNNPACK runs; between two of them lies what it does
            not take.
    """

    operations: tuple[OperationTime, ...]
    sum_ms: float
    whole_ms: float
    partitions: int


def profile(content, signature, threads=1, calls=15):
    """Times the operations of a signature.

    Args:
        content: bytes of a LiteRT file.
        signature: name of one of its signatures.
        threads: of the interpreter.
        calls: timed calls of each operation, after the first; the median counts.

    Returns:
        A `Profile`.

    Raises:
        ExportError: a signature that the file does not have.
    """
    model = opened(content)
    places = {one.signatureKey.decode(): one.subgraphIndex for one in model.signatureDefs}
    if signature not in places:
        raise ExportError(f"There is no signature {signature!r}; the file has {', '.join(places)}.")
    graph, kinds = model.subgraphs[places[signature]], {}
    unpacking = _unpacking(model, graph)
    for operation in graph.operators:
        if any(operation is one for one in unpacking.values()):
            continue
        name = operation_name(model, operation)
        ms, partitions = _timed(
            packed(_cut_out(model, graph, operation, unpacking)), threads, calls
        )
        count, total, delegated = kinds.get(name, (0, 0.0, 0))
        kinds[name] = (count + 1, total + ms, delegated + (partitions > 0))
    operations = sorted(
        (OperationTime(name, *facts) for name, facts in kinds.items()), key=lambda one: -one.ms
    )
    whole_ms, partitions = _timed(packed(_alone(model, graph)), threads, calls)
    return Profile(tuple(operations), sum(one.ms for one in operations), whole_ms, partitions)


def table(found):
    """A profile, or one as a dict (`dataclasses.asdict`), as text."""
    found = found if isinstance(found, dict) else dataclasses.asdict(found)
    rows = [("operation", "count", "ms", "share", "in XNNPACK")]
    rows += [
        (
            one["name"],
            str(one["count"]),
            f"{one['ms']:.3f}",
            f"{one['ms'] / found['sum_ms']:.1%}",
            f"{one['delegated']} of {one['count']}",
        )
        for one in found["operations"]
    ]
    whole = f"{found['whole_ms']:.2f} ms as it is, {found['partitions']} parts of it in XNNPACK"
    return "\n".join([*aligned(rows), f"together {found['sum_ms']:.2f} ms, each alone; {whole}"])


def aligned(rows):
    """Rows of texts as lines with their columns below each other, the first to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _alone(model, graph):
    """A model of one subgraph."""
    single = copy.copy(model)
    single.subgraphs, single.signatureDefs = [graph], []
    single.metadata, single.metadataBuffer = [], []
    return single


def _constant(model, graph, place):
    data = model.buffers[graph.tensors[place].buffer].data
    return data is not None and len(data) > 0


def _unpacking(model, graph):
    """What only unpacks constants, such as float16 weights, by the tensor that it makes; it is done
    once, when a file is loaded.
    """
    return {
        one.outputs[0]: one
        for one in graph.operators
        if len(one.inputs) == 1 and _constant(model, graph, one.inputs[0])
    }


def _cut_out(model, graph, operation, unpacking):
    """A model of one operation, and of what unpacks its constants; what it reads of others' results
    is its input.
    """
    operations = [
        *(unpacking[place] for place in dict.fromkeys(operation.inputs) if place in unpacking),
        operation,
    ]
    places = list(
        dict.fromkeys(
            place for one in operations for place in (*one.inputs, *one.outputs) if place >= 0
        )
    )
    new = {place: index for index, place in enumerate(places)}
    part = copy.copy(graph)
    part.operators = [copy.copy(one) for one in operations]
    for one in part.operators:
        one.inputs, one.outputs = (
            [new.get(place, -1) for place in one.inputs],
            [new[place] for place in one.outputs],
        )
    part.tensors, part.outputs = (
        [graph.tensors[place] for place in places],
        part.operators[-1].outputs,
    )
    part.inputs = [
        new[place]
        for place in dict.fromkeys(operation.inputs)
        if place >= 0 and place not in unpacking and not _constant(model, graph, place)
    ]
    cut = _alone(model, part)
    # Only the constants that it reads: others would be copied for each operation.
    used, empty = {tensor.buffer for tensor in part.tensors}, type(model.buffers[0])()
    cut.buffers = [buffer if index in used else empty for index, buffer in enumerate(model.buffers)]
    return cut


def _timed(content, threads, calls):
    """The median milliseconds of a model's call, and the number of its parts that XNNPACK runs."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=threads)
    interpreter.allocate_tensors()
    generator = np.random.default_rng(0)
    for given in interpreter.get_input_details():
        real = np.issubdtype(given["dtype"], np.floating)
        value = generator.uniform(0.1, 1.0, given["shape"]) if real else np.zeros(given["shape"])
        interpreter.set_tensor(given["index"], value.astype(given["dtype"]))
    interpreter.invoke()
    times = []
    for _ in range(calls):
        begun = time.perf_counter()
        interpreter.invoke()
        times.append(1000 * (time.perf_counter() - begun))
    return float(np.median(times)), sum(
        one["op_name"] == DELEGATE for one in interpreter._get_ops_details()
    )
