"""The insides of a LiteRT file: which operations it has, and a note that travels in it."""

import collections
import json

import numpy as np

from faceaging_tf.mobile.litert_file import NOTE, note_of
from faceaging_tf.optional import EXPORT, needed

SCHEMA = "ai_edge_litert.schema_py_generated"
IDENTIFIER = b"TFL3"
ALIGNMENT = 16


def with_note(content, text, name=NOTE):
    """The bytes of a LiteRT model with a text under a name among its metadata, in the place of an
    earlier one of that name.

    Args:
        content: bytes of a model.
        text: a string.
        name: of the metadata.
    """
    schema, model = _schema(), opened(content)
    entries = model.metadata or []
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(text.encode("utf-8"), "uint8")
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = name, len(model.buffers) - 1
    model.metadata = [old for old in entries if _text(old.name) != name] + [entry]
    return packed(model)


def without_names(content):
    """The bytes of a LiteRT model without the names of what lies between inputs and outputs, which
    no runtime asks for: two hundredths of a file.
    """
    model = opened(content)
    for graph in model.subgraphs:
        ends = {*graph.inputs, *graph.outputs}
        for place, tensor in enumerate(graph.tensors):
            if place not in ends:
                tensor.name = ""
    return packed(model)


def without_output(content, output):
    """The bytes of a LiteRT model whose signatures do not give one of their outputs any more, nor
    compute what only it needs; a signature that has no other keeps it. The note says so too.

    Args:
        content: bytes of a model with a note.
        output: the output's name.
    """
    model, note = opened(content), json.loads(note_of(content))
    for signature in model.signatureDefs:
        graph = model.subgraphs[signature.subgraphIndex]
        kept = [one for one in signature.outputs if _text(one.name) != output]
        if not kept:
            continue
        signature.outputs = kept
        graph.outputs = [one.tensorIndex for one in kept]
        wanted, operators = set(graph.outputs), []
        for operator in reversed(graph.operators):
            if wanted.intersection(operator.outputs):
                operators.insert(0, operator)
                wanted.update(operator.inputs)
        graph.operators = operators
        told = note["signatures"][_text(signature.signatureKey)]
        told["outputs"] = [name for name in told["outputs"] if name != output]
    return with_note(packed(model), json.dumps(note, indent=1, ensure_ascii=False))


def operations_of(content):
    """How often each operation occurs, by name, over all subgraphs; custom ones by
    their own name.
    """
    # Not `opened`, which makes objects of all tensors: seconds, for a large file.
    model = _schema().Model.GetRootAs(content, 0)
    codes = (model.OperatorCodes(place) for place in range(model.OperatorCodesLength()))
    names = [
        _name(code.CustomCode(), max(code.BuiltinCode(), code.DeprecatedBuiltinCode()))
        for code in codes
    ]
    return collections.Counter(
        names[graph.Operators(place).OpcodeIndex()]
        for graph in (model.Subgraphs(place) for place in range(model.SubgraphsLength()))
        for place in range(graph.OperatorsLength())
    )


def operation_name(model, operator):
    """What an operation of an opened model is called, such as `CONV_2D`; a custom one by its own
    name.
    """
    code = model.operatorCodes[operator.opcodeIndex]
    return _name(code.customCode, max(code.builtinCode, code.deprecatedBuiltinCode))


def _name(custom, number):
    if custom:
        return _text(custom)
    return next(name for name, value in vars(_schema().BuiltinOperator).items() if value == number)


def opened(content):
    """A LiteRT model's bytes as objects of its schema, all constants inside."""
    schema = _schema()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    for buffer in model.buffers:
        # Some writers put what is large behind the model, and leave a place and a size.
        if buffer.size:
            buffer.data, buffer.offset, buffer.size = (
                np.frombuffer(content[buffer.offset : buffer.offset + buffer.size], "uint8"),
                0,
                0,
            )
    return model


def packed(model):
    """The bytes of an opened model: constants begin at multiples of 16 bytes, as the runtime's
    format asks, and equal names, shapes and scales are stored once.
    """
    flatbuffers = needed("flatbuffers", EXPORT, "A LiteRT file")

    class Builder(flatbuffers.Builder):
        """The generated code aligns no constants and shares nothing; both are the
        builder's to do.
        """

        def __init__(self):
            super().__init__(1024)
            self.stored = {}

        def CreateString(self, text):
            return self._once(("text", text), lambda: super(Builder, self).CreateString(text))

        def CreateNumpyVector(self, values):
            make = self._aligned if values.dtype == np.uint8 else super().CreateNumpyVector
            return self._once((values.dtype.str, values.tobytes()), lambda: make(values))

        def _once(self, key, make):
            if key not in self.stored:
                self.stored[key] = make()
            return self.stored[key]

        def _aligned(self, values):
            self.StartVector(1, values.size, ALIGNMENT)
            self.head = self.Head() - values.size
            self.Bytes[self.Head() : self.Head() + values.size] = values.tobytes()
            return self.EndVector()

    builder = Builder()
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


def _schema():
    return needed(SCHEMA, EXPORT, "A LiteRT file")


def _text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value
