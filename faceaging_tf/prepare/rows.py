"""What is known of each picture, as a table: the columns of a corpus and of the table
of reasons.
"""

import io
import json

from faceaging_tf.optional import PREPARE, needed

# Beside the shards and `corpus.json`.
DROPPED = "dropped.parquet"
# Known of a picture by its labels, and by looking at it.
LABELS = ("file", "age_min", "age_max", "sex", "person", "source", "split", "attributes")
SEEN = (
    "age_estimate",
    "landmarks",
    "width",
    "height",
    "faces",
    "score",
    "face_size",
    "turned",
    "sharpness",
    "content",
    "fingerprint",
)
# Why it is not in the corpus, "" for those that are.
FATE = ("reason", "detail")
# Of a corpus, in this order.
COLUMNS = (
    "image",
    "file",
    "age_min",
    "age_max",
    "age_estimated",
    "age_estimate",
    "sex",
    "person",
    "source",
    "split",
    "attributes",
    *SEEN[1:-1],
    "flags",
)


def schema(names):
    """The Arrow schema of some columns; `image` is a struct as `datasets` reads pictures."""
    arrow = needed("pyarrow", PREPARE)
    types = {
        "image": arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())]),
        "landmarks": arrow.list_(arrow.float32(), 10),
        "attributes": arrow.string(),
        "age_estimated": arrow.bool_(),
        "width": arrow.int32(),
        "height": arrow.int32(),
        "faces": arrow.int32(),
    }
    numbers = ("age_min", "age_max", "age_estimate", "score", "face_size", "turned", "sharpness")
    fields = [
        arrow.field(
            name, types.get(name) or (arrow.float32() if name in numbers else arrow.string())
        )
        for name in names
    ]
    features = {field.name: _feature(field.name, field.type) for field in fields}
    told = json.dumps({"info": {"features": features}})
    return arrow.schema(fields, metadata={"huggingface": told})


def parquet_bytes(rows, names):
    """Rows (dicts) as the bytes of a Parquet file, the same for the same rows."""
    arrow, parquet = needed("pyarrow", PREPARE), needed("pyarrow.parquet", PREPARE)
    columns = schema(names)
    table = arrow.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in rows], columns
    )
    target = io.BytesIO()
    leaves = {"image": "image.path", "landmarks": "landmarks.list.element"}
    # Pictures are compressed already.
    compression = {"image.bytes": "none", **{leaves.get(name, name): "zstd" for name in names}}
    parquet.write_table(table, target, compression=compression, row_group_size=64)
    return target.getvalue()


def _feature(name, kind):
    """The column as `datasets` describes it."""
    if name == "image":
        return {"_type": "Image"}
    if name == "landmarks":
        return {"feature": {"dtype": "float32", "_type": "Value"}, "length": 10, "_type": "List"}
    return {"dtype": {"float": "float32"}.get(str(kind), str(kind)), "_type": "Value"}
