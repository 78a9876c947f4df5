"""Parts made by a cluster of two machines, one of which fails."""

import pathlib

import drawn_tools
import pytest

from faceaging_tf.data.readers import Tree, find
from faceaging_tf.parallel import ParallelError, run_on_ray
from faceaging_tf.prepare import Settings, prepare

SETTINGS = Settings(image_size=64, part=2)
SUPPORT = str(pathlib.Path(drawn_tools.__file__).parent)
ROOT = str(pathlib.Path(__file__).parents[3])


def make(folder, out, **more):
    return prepare(Tree(folder), find("utkface"), out, SETTINGS, drawn_tools.make_tools, **more)


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_when_a_machine_fails_the_corpus_is_whole_and_the_same(tmp_path, monkeypatch):
    import ray
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{SUPPORT}")
    folder = tmp_path / "pictures"
    folder.mkdir()
    drawn_tools.write_tree(folder, people=40)
    make(folder, tmp_path / "alone" / "corpus")
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    second = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    seen = []

    def progress(looked_at, total):
        seen.append(looked_at)
        if looked_at >= 8 and len(cluster.list_all_nodes()) == 2:
            cluster.remove_node(second, allow_graceful=False)

    try:
        prepared = make(
            folder,
            tmp_path / "ray" / "corpus",
            run=run_on_ray(cluster.address),
            workers=2,
            progress=progress,
        )
    finally:
        ray.shutdown()
        cluster.shutdown()
    assert prepared.faces == 40 and seen[-1] >= 40
    assert contents(tmp_path / "ray" / "corpus") == contents(tmp_path / "alone" / "corpus")


def test_no_cluster_is_a_sentence(tmp_path):
    drawn_tools.write_tree(tmp_path, people=1)
    with pytest.raises(ParallelError, match="There is no Ray cluster at 127.0.0.1:9"):
        make(tmp_path, tmp_path / "corpus", run=run_on_ray("127.0.0.1:9"))
