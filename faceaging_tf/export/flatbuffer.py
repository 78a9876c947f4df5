"""The insides of a LiteRT file: which operations it has, and a note that travels in it."""

from faceaging_tf.export.errors import needed
from faceaging_tf.mobile.litert_file import NOTE

IDENTIFIER = b"TFL3"


def with_note(content, text, name=NOTE):
    """The bytes of a LiteRT model with a text under a name among its metadata, in the place of an earlier one of that name.

    Args:
        content: bytes of a model.
        text: a string.
        name: of the metadata.
    """
    schema, flatbuffers = _schema(), needed("flatbuffers", "A LiteRT file")
    model = _model(content)
    entries = model.metadata or []
    buffer = schema.BufferT()
    buffer.data = list(text.encode("utf-8"))
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = name, len(model.buffers) - 1
    model.metadata = [old for old in entries if _text(old.name) != name] + [entry]
    builder = flatbuffers.Builder(len(content) + len(text) + 1024)
    builder.Finish(model.Pack(builder), IDENTIFIER)
    return bytes(builder.Output())


def operations_of(content):
    """How often each operation occurs, by name, over all subgraphs; custom ones by their own name."""
    schema, model = _schema(), _model(content)
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    counts = {}
    for graph in model.subgraphs:
        for operator in graph.operators or []:
            code = model.operatorCodes[operator.opcodeIndex]
            number = max(code.builtinCode, code.deprecatedBuiltinCode)
            name = _text(code.customCode) if code.customCode else names[number]
            counts[name] = counts.get(name, 0) + 1
    return counts


def _schema():
    return needed("ai_edge_litert.schema_py_generated", "A LiteRT file")


def _model(content):
    schema = _schema()
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))


def _text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value
