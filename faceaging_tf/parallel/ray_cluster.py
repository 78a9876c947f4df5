"""Parts made by a Ray cluster, as a Ray Data pipeline."""

import functools
import pickle
import socket
from collections.abc import Callable

from faceaging_tf.errors import ParallelError
from faceaging_tf.optional import RAY, needed
from faceaging_tf.parallel import processes

# That the head of a cluster may take to answer.
SECONDS = 10


def run_on_ray(address: str = "auto") -> Callable[..., None]:
    """What makes parts on a Ray cluster.

    Args:
        address: of the cluster; "auto" for the one at hand, or a new one on this machine.

    Returns:
        A function like `processes.run`; its workers are tasks at a time, over all machines.
    """
    return functools.partial(_run, address=address)


def _run(job, numbered, workers, done, address):
    ray = needed("ray", RAY)
    try:
        if address != "auto":
            _knock(address)
        ray.init(
            None if address == "auto" else address,
            ignore_reinit_error=True,
            log_to_driver=False,
            logging_level="warning",
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ParallelError(
            f"There is no Ray cluster at {address} ({error}); start one with `ray start --head`, or give its address."
        ) from error
    items = [{"number": number, "sources": pickle.dumps(sources)} for number, sources in numbered]
    if not items:
        return
    data = needed("ray.data", RAY)
    data.DataContext.get_current().enable_progress_bars = False
    # A part a task, tried again as often as machines fail: it writes the same file each time.
    found = data.from_items(items, override_num_blocks=len(items)).map(
        functools.partial(_make, job=job), concurrency=workers, num_cpus=1
    )
    for row in found.iter_rows():
        done(row["pictures"], row["through"])


def _knock(address):
    """Raises OSError where nobody listens: Ray itself would try for two minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        raise ValueError("an address is host:port")
    socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS).close()


def _make(item, job):
    pictures, through = job.write(
        item["number"], processes.look_at_surely(job, pickle.loads(item["sources"]))
    )
    return {"pictures": pictures, "through": through}
